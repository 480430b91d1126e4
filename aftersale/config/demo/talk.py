"""What people of the demo ask and are answered: each number is hours ago. None of it is about a real shop."""

from dataclasses import dataclass

MIA, TOM, LI = "mia@example.com", "tom@example.com", "li@example.com"


@dataclass(frozen=True, slots=True)
class Said:
    """One post after the first: who, when, what, and for whose eyes where that is not the usual."""

    who: str
    ago: int
    body: str
    visibility: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """A thread: who asks what, of what kind, about which order, return, payment or card; and what follows."""

    who: str
    kind: str
    ago: int
    subject: str
    body: str
    is_public: bool = False
    order: str = ""
    line: int = 0
    of: str = ""  # return, charge or card: that of the order, or the person's first
    said: tuple[Said, ...] = ()
    solved_by: int = 0
    rating: tuple[str, str] = ("", "")  # what the opener said of the solution, and the comment
    assignee: str = ""


_DAY = 24
PUBLIC = [
    Talk(
        "bob@example.com",
        "general",
        26 * _DAY,
        "Which bulb fits the Lumen desk lamps?",
        (
            "The one that came with mine is too cold for the evening. Which base do they have, and how "
            "bright may it be?"
        ),
        is_public=True,
        said=(
            Said(
                MIA, 26 * _DAY - 3, "**E14**, at most 6 W of LED. The base is printed beside the switch, too."
            ),
            Said("bob@example.com", 25 * _DAY, "A warm one with E14 fits. Thank you!"),
        ),
        solved_by=2,
        rating=("good", ""),
    ),
    Talk(
        "greta@example.com",
        "return",
        24 * _DAY,
        "Do I need the original box to send something back?",
        "I threw the carton away. The ceramic bowl itself is fine, I only changed my mind.",
        is_public=True,
        said=(
            Said(
                TOM,
                24 * _DAY - 5,
                (
                    "No. Any box that keeps it whole will do:\n\n- wrap it twice,\n- put the slip "
                    "inside,\n- keep the carrier's receipt.\n\nWhat counts is the day on which you hand "
                    "it over."
                ),
            ),
        ),
        solved_by=2,
    ),
    Talk(
        "wang.li@example.com",
        "return",
        20 * _DAY,
        "余额支付的订单可以退货吗?",
        "我用账户余额付的款,台灯有点闪。请问能退吗?",
        is_public=True,
        said=(
            Said(
                MIA,
                20 * _DAY - 7,
                "用账户余额支付的部分不能退款;用银行卡支付的部分按时寄回可以全额退款。每个订单的页面上都写着今天的答复和对应的条款。",
            ),
        ),
        solved_by=2,
        rating=("mixed", "回答很清楚,但我希望余额也能退。"),
    ),
    Talk(
        "paul@example.com",
        "tracking",
        15 * _DAY,
        "The carrier says delivered, and nothing is here",
        "What do I do first? I asked the neighbours already.",
        is_public=True,
        said=(
            Said("greta@example.com", 15 * _DAY - 2, "Mine lay behind the bins."),
            Said(
                TOM,
                15 * _DAY - 9,
                (
                    "Open a thread from the order's page, so that we see the parcel. We ask the carrier "
                    "where it was scanned, and tell you there."
                ),
            ),
        ),
        solved_by=3,
    ),
    Talk(
        "mehmet@example.com",
        "charge",
        9 * _DAY,
        "My card was declined. Should I save it once more?",
        "The bank says that everything is fine with it.",
        is_public=True,
        said=(
            Said(
                MIA,
                9 * _DAY - 4,
                (
                    "As a rule **no**: to your bank it is the same card, however often it is saved. The "
                    "payment's own page says whether it helps in your case, and what does."
                ),
            ),
        ),
        solved_by=2,
        rating=("bad", "I still cannot pay."),
    ),
    Talk(
        "elena@example.com",
        "card",
        6 * _DAY,
        "How do I remove a card that I lost?",
        "I have the new one already.",
        is_public=True,
        said=(
            Said(
                TOM,
                6 * _DAY - 6,
                (
                    "Freeze it first: one press, and nothing is charged to it any more. Then remove it; "
                    "you get a receipt that anybody can check. Tell your bank, too: we cannot block it "
                    "there."
                ),
            ),
        ),
    ),
    Talk(
        "jonas@example.com",
        "general",
        30,
        "Does the Kowloon speaker work with 110 volts?",
        "I move to Osaka in spring and would take it along.",
        is_public=True,
        said=(Said("sato.yui@example.com", 26, "Mine does, with a plug adapter."),),
    ),
    Talk(
        "sato.yui@example.com",
        "return",
        20,
        "Two brush pens in one return?",
        "One is dry, the other I do not need. Can both go in one parcel?",
        is_public=True,
    ),
]
PRIVATE = [
    Talk(
        "ann@example.com",
        "return",
        50,
        "May I send the lamp back?",
        "One of the three lamps is not the one I ordered. The other two are fine.",
        order="WM-10002",
        line=1,
        said=(
            Said(MIA, 46, "We look at the packing list with the supplier."),
            Said(
                MIA,
                45,
                "Which lamp did you pack as line 1 of this order? The customer got another.",
                "supplier",
            ),
            Said(LI, 28, "Our picker took LM-112. Please send it back, we issue a number."),
            Said(TOM, 27, "Third mix-up of this shelf this month.", "staff"),
        ),
        assignee=MIA,
    ),
    Talk(
        "ann@example.com",
        "tracking",
        20 * _DAY,
        "Where is my parcel?",
        "It left a month ago, and the carrier's page shows nothing new.",
        order="WM-10012",
        assignee=TOM,
    ),
    Talk(
        "ann@example.com",
        "charge",
        26,
        "My payment failed",
        "The bank's app says that everything is in order. Shall I add the card once more?",
        order="WM-10018",
        of="charge",
    ),
    Talk(
        "ann@example.com",
        "card",
        5 * _DAY,
        "A card of an old employer",
        "The card at my work address is to go. What do you keep of it?",
        of="card",
        said=(
            Said(
                MIA,
                5 * _DAY - 5,
                "That there was one, and when it was removed. Press *Remove Card*, and you get a receipt.",
            ),
        ),
        solved_by=2,
        rating=("good", "Quick, and I have it in writing."),
    ),
    Talk(
        "bob@example.com",
        "return",
        3 * _DAY,
        "The glass arrived in pieces",
        "I took pictures before I unpacked it.",
        order="WM-11002",
        of="return",
        said=(
            Said(
                TOM,
                3 * _DAY - 4,
                "Thank you, that settles who pays for the way back. Nothing is left to do for you.",
            ),
        ),
        solved_by=3,
    ),
    Talk(
        "chen.wei@example.com",
        "return",
        40,
        "退货编号什么时候能用?",
        "供应商已经给了编号,我应该在哪一天之前寄出?",
        order="WM-11007",
        of="return",
    ),
    Talk(
        "elena@example.com",
        "review",
        8 * _DAY,
        "Paid twice?",
        "My statement shows the amount two times. Please look at this order.",
        order="WM-11008",
        said=(
            Said(
                MIA, 8 * _DAY - 8, "The second line is a reservation; your bank lets go of it within a week."
            ),
        ),
        solved_by=2,
        rating=("good", "It is gone from my statement."),
    ),
]
# Who wrote by mail instead, when, and what of it was answered by mail so many hours later.
MAILS = [
    (
        "ida.holm@mail.example",
        "Ida Holm",
        75 * _DAY,
        "Spare parts",
        "Do you sell the glass shade alone?",
        69 * _DAY,
    ),
    (
        "pedro@mail.example",
        "Pedro Lima",
        63 * _DAY,
        "Size of the vase",
        "How tall is it?",
        52 * _DAY,
    ),
    (
        "yuki@mail.example",
        "Yuki Mori",
        47 * _DAY,
        "A present",
        "Can you leave out the price?",
        33 * _DAY,
    ),
    (
        "karl@mail.example",
        "Karl Roth",
        34 * _DAY,
        "Catalogue",
        "Do you print one?",
        24 * _DAY,
    ),
    (
        "lena.vogt@mail.example",
        "Lena Vogt",
        21 * _DAY,
        "Question about a teapot",
        "Is the Uji teapot safe for the dishwasher?",
        19 * _DAY,
    ),
    (
        "oscar@mail.example",
        "Oscar Nilsson",
        18 * _DAY,
        "Invoice",
        "Please send me an invoice with my company's name.",
        11 * _DAY,
    ),
    (
        "paul@example.com",
        "Paul Neumann",
        4 * _DAY,
        "Gift wrapping",
        "Can the bowl be wrapped as a gift next time?",
        0,
    ),
    (
        "mara@mail.example",
        "Mara Silva",
        2 * _DAY,
        "Opening hours",
        "Is there a shop where I can look at the lamps?",
        0,
    ),
]
