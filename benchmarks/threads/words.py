"""What posts say, from one seed: words as common as words are, every seventh post in Chinese."""

import random
from itertools import accumulate, product

COMMON = (
    "the order and was to it my a is not parcel lamp that came with of in but for box please return late open"
    " courier says delivered refund card charge failed cable short kettle leaks cracked colour wrong small"
    " tracking number photo switch hums bulb flickers label missing help thanks bank transfer waiting"
).split()
_FIRST, _LAST = (
    "br ch cl dr fl gr kn pl sh st tr w".split(),
    "ack ain ear elt ick ind oad ope unt ush".split(),
)
RARE = ["".join(parts) for parts in product(_FIRST, "aeiou", "lmnrst", _LAST)]
_WORDS = COMMON + RARE
# The tenth word is half as common as the fifth, the hundredth a tenth as common as the tenth.
_WEIGHTS = list(accumulate(1 / (place + 3) for place in range(len(_WORDS))))
_SAID = (
    "我想退货", "订单没有收到", "快递显示已签收", "商品损坏",
    "颜色不对", "请问什么时候退款", "谢谢客服", "发票地址错了",
    "台灯一直闪", "水壶漏水", "尺寸太小", "包装破了",
    "少了一个配件", "物流三天没有更新", "请尽快处理", "照片已经附上",
)  # fmt: skip
_SELDOM_SAID = ("说明书缺页", "电池鼓包", "支架断裂", "螺丝生锈")
CHINESE = ("退货", "退款", "台灯", "快递", "漏水")
RARE_CHINESE = ("缺页", "鼓包", "断裂", "生锈")


def a_body(chance: random.Random, number: int) -> str:
    """Some 250 letters, with the order's number at the end; no two orders share one."""
    if chance.random() < 0.15:
        said = chance.choices(_SAID, k=chance.randint(3, 12))
        if chance.random() < 0.02:
            said.append(chance.choice(_SELDOM_SAID))
        return "，".join(said) + f"。WM-{order_of(number)}"
    words = chance.choices(_WORDS, cum_weights=_WEIGHTS, k=chance.randint(15, 65))
    return " ".join(words) + f" WM-{order_of(number)}"


def order_of(number: int) -> int:
    """Of the post that was made as this one of all: six digits, in no order."""
    return 100_000 + number * 7919 % 900_000
