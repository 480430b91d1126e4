"""Text whose soft line ends mean nothing: `format=flowed` of RFC 3676."""


def unflowed(text: str, *, delsp: bool) -> str:
    """Whole paragraphs again; quotes keep their marks, a signature's mark ends no paragraph softly."""
    paragraphs: list[str] = []
    softly_at: int | None = None
    for line in text.split("\n"):
        words = line.lstrip(">")
        depth = len(line) - len(words)
        words = words.removeprefix(" ")
        is_soft = words.endswith(" ") and words != "-- "
        kept = words[:-1] if is_soft and delsp else words
        if softly_at == depth and words != "-- ":
            paragraphs.append(kept)
        else:
            marked = f"{'>' * depth} {kept}" if depth and kept else ">" * depth + kept
            paragraphs.append(("\n" if paragraphs else "") + marked)
        softly_at = depth if is_soft else None
    return "".join(paragraphs)
