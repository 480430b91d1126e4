"""What the demo's suppliers sell, with prices in euro cents; other currencies are reckoned from them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goods:
    """An article of one supplier; `cents` is what a unit costs in euro cents, tax included."""

    supplier: str
    sku: str
    title: str
    cents: int


_LISTS = {
    "LUMEN": [
        ("LM-101", "Dimmable desk lamp, walnut", 4397),
        ("LM-114", "Warm white string lights, 10 m", 1289),
        ("LM-120", "Rechargeable bicycle light set", 2173),
        ("LM-131", "Paper lantern lamp, 40 cm", 1861),
        ("LM-140", "Motion sensor cabinet light", 959),
    ],
    "WEST-LAKE": [
        ("WL-201", "Mulberry silk pillowcase, ivory", 3743),
        ("WL-204", "Silk scarf “Lotus”, 90 × 90 cm", 5911),
        ("WL-210", "Silk sleep mask", 1627),
        ("WL-233", "Embroidered silk robe, size M", 12483),
    ],
    "YIWU-HOME": [
        ("YH-301", "Bamboo drawer organiser, set of 4", 2317),
        ("YH-305", "Cast iron trivet, leaf", 1093),
        ("YH-312", "Folding step stool", 3137),
        ("YH-318", "Garden kneeler with tool pouch", 3559),
        ("YH-330", "Stainless steel lunch box, 1.2 l", 1979),
    ],
    "KOWLOON": [
        ("KA-401", "Wireless earbuds, midnight", 7919),
        ("KA-409", "Bookshelf speaker, pair", 18947),
        ("KA-415", "Vinyl record cleaning kit", 2441),
        ("KA-420", "USB-C audio adapter", 1307),
    ],
    "FORMOSA": [
        ("FC-501", "Leather bar tape, honey", 4139),
        ("FC-507", "Carbon seat post, 27.2 mm", 8677),
        ("FC-512", "Bicycle repair stand", 11353),
        ("FC-519", "Brass bell", 1753),
    ],
    "SPREE": [
        ("SK-601", "Stoneware bowl, speckled, set of 2", 3869),
        ("SK-605", "Espresso cup, hand-glazed", 1571),
        ("SK-611", "Porcelain teapot, 0.9 l", 6287),
        ("SK-618", "Serving plate, ocean blue", 4451),
    ],
    "NORDSEE": [
        ("NO-701", "Rain jacket, ochre, size L", 13999),
        ("NO-706", "Dry bag, 20 l", 2683),
        ("NO-713", "Merino base layer, size S", 6733),
        ("NO-722", "Titanium camping mug", 3361),
    ],
    "SERRA": [
        ("SA-801", "Yellow Bourbon coffee, beans, 1 kg", 2237),
        ("SA-804", "Cold brew jug, 1.5 l", 2969),
        ("SA-809", "Hand coffee grinder", 5483),
    ],
    "NANIWA": [
        ("NS-901", "Fountain pen “Kumo”, fine", 8219),
        ("NS-907", "Grid notebook, set of 3", 1913),
        ("NS-915", "Brush pens, 24 colours", 3347),
        ("NS-921", "Brass ruler, 15 cm", 1187),
    ],
    "UJI": [
        ("UL-951", "Ceremonial matcha, 40 g", 2879),
        ("UL-955", "Cast iron kettle, 0.8 l", 9431),
        ("UL-960", "Gyokuro, spring harvest, 100 g", 3911),
    ],
}

ALL_GOODS = [
    Goods(supplier, sku, title, cents) for supplier, rows in _LISTS.items() for sku, title, cents in rows
]
BY_SKU = {goods.sku: goods for goods in ALL_GOODS}
