"""Text of others as errors may show it: what does not print stands as its escape."""


def escaped(text: str) -> str:
    """The text with every character that does not print written as its escape; line feeds stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(each if each.isprintable() or each == "\n" else _escape(each) for each in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode()
