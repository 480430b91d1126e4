"""Who lives in the demo: suppliers, customers, and the marketplace's own people."""

from dataclasses import dataclass

from aftersale.accounts.models import Role


@dataclass(frozen=True, slots=True)
class Shop:
    """A supplier and what it takes back."""

    code: str
    name: str
    country: str
    terms: str
    return_address: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where customers live: its time zone, its currency, the tax in its prices in percent, its carriers."""

    zone: str
    currency: str
    tax_percent: int
    carriers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer. Without an e-mail the import makes up a sign-in."""

    code: str
    name: str
    email: str | None
    place: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Employee:
    """Someone who signs in to work."""

    email: str
    name: str
    role: Role
    supplier: str = ""


SOME, ANY = "defective_or_wrong", "any_reason"

SHOPS = [
    Shop("LUMEN", "Shenzhen Lumen Lighting", "CN", SOME, "88 Bantian Road, Longgang, Shenzhen 518129, China"),
    Shop("WEST-LAKE", "West Lake Silk", "CN", ANY, "21 Beishan Street, Xihu, Hangzhou 310007, China"),
    Shop("YIWU-HOME", "Yiwu Home & Garden", "CN", SOME, "5 Chouzhou Road North, Yiwu 322000, China"),
    Shop("KOWLOON", "Kowloon Audio", "HK", SOME, "14 Apliu Street, Sham Shui Po, Kowloon, Hong Kong"),
    Shop("FORMOSA", "Formosa Cycle Works", "TW", ANY, "60 Zhongshan Road, Daya, Taichung 428, Taiwan"),
    Shop("SPREE", "Spree Keramik", "DE", ANY, "Köpenicker Straße 40, 10179 Berlin, Germany"),
    Shop("NORDSEE", "Nordsee Outdoor", "DE", SOME, "Am Sandtorkai 12, 20457 Hamburg, Germany"),
    Shop("SERRA", "Café Serra Azul", "BR", SOME, "Rua Harmonia 310, São Paulo 05435-000, Brazil"),
    Shop("NANIWA", "Naniwa Stationery", "JP", SOME, "3-8 Minamisenba, Chuo-ku, Osaka 542-0081, Japan"),
    Shop("UJI", "Uji Leaf Tea", "JP", ANY, "17 Renge, Uji, Kyoto 611-0021, Japan"),
]

PLACES = {
    "DE": Place("Europe/Berlin", "EUR", 19, ("DHL", "Hermes", "DPD")),
    "CN": Place("Asia/Shanghai", "CNY", 13, ("SF Express", "YTO Express")),
    "BR": Place("America/Sao_Paulo", "BRL", 0, ("Correios", "Loggi")),
    "JP": Place("Asia/Tokyo", "JPY", 10, ("Yamato Transport", "Japan Post")),
}

ANN = Buyer("C-1001", "Ann Becker", "ann@example.com", "DE")
BOB = Buyer("C-1002", "Bob Larsson", "bob@example.com", "DE")
# Has an e-mail and no password: signs in with a mailed code.
CAROL = Buyer("C-1003", "Carol Nunes", "carol@example.com", "BR")

BUYERS = [
    ANN,
    BOB,
    CAROL,
    Buyer("C-1004", "王丽", "wang.li@example.com", "CN", "zh-hans"),
    Buyer("C-1005", "陈伟", "chen.wei@example.com", "CN", "zh-hans"),
    Buyer("C-1006", "Zhang Min", "zhang.min@example.com", "CN"),
    Buyer("C-1007", "Liu Yang", None, "CN"),
    Buyer("C-1008", "Huang Jing", "huang.jing@example.com", "CN"),
    Buyer("C-1009", "赵磊", "zhao.lei@example.com", "CN", "zh-hans"),
    Buyer("C-1010", "Greta Hoffmann", "greta@example.com", "DE"),
    Buyer("C-1011", "Jonas Weber", "jonas@example.com", "DE"),
    Buyer("C-1012", "Mehmet Yılmaz", "mehmet@example.com", "DE"),
    Buyer("C-1013", "Sofie Krüger", None, "DE"),
    Buyer("C-1014", "Paul Neumann", "paul@example.com", "DE"),
    Buyer("C-1015", "Beatriz Almeida", "beatriz@example.com", "BR"),
    Buyer("C-1016", "Thiago Ribeiro", "thiago@example.com", "BR"),
    Buyer("C-1017", "Larissa Costa", None, "BR"),
    Buyer("C-1018", "João Pereira", "joao@example.com", "BR"),
    Buyer("C-1019", "Rafael Moreira", "rafael@example.com", "BR"),
    Buyer("C-1020", "Sato Yui", "sato.yui@example.com", "JP"),
    Buyer("C-1021", "Tanaka Haruto", "tanaka@example.com", "JP"),
    Buyer("C-1022", "Suzuki Aoi", "suzuki@example.com", "JP"),
    Buyer("C-1023", "Takahashi Ren", None, "JP"),
    Buyer("C-1024", "Ito Sakura", "ito@example.com", "JP"),
    Buyer("C-1025", "Elena Fischer", "elena@example.com", "DE"),
]

EMPLOYEES = [
    Employee("mia@example.com", "Mia Santos", Role.AGENT),
    Employee("tom@example.com", "Tom Okafor", Role.AGENT),
    Employee("fin@example.com", "Finn Castellanos", Role.FINANCE),
    Employee("flora@example.com", "Flora Adeyemi", Role.FINANCE),
    Employee("pia@example.com", "Pia Lindqvist", Role.POLICY_OWNER),
    Employee("li@example.com", "Li Na", Role.SUPPLIER, "LUMEN"),
    Employee("wu@example.com", "Wu Gang", Role.SUPPLIER, "YIWU-HOME"),
    Employee("lam@example.com", "Lam Ka-yan", Role.SUPPLIER, "KOWLOON"),
    Employee("otto@example.com", "Otto Brandt", Role.SUPPLIER, "NORDSEE"),
]
