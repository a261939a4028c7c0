"""Where the parts of a drawing of the graph stand: the node in the middle, what hangs together with it at both sides.

Plain geometry in units of the drawing; words are text, so that they can be read aloud, searched and copied.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

WIDTH, MIDDLE, BOX = 1080.0, 540.0, 216.0
ROW, HEAD, GAP, TOP = 24.0, 28.0, 14.0, 8.0
SPINE = 150.0  # from the middle to the line at which a block stands
LINE = 19.0
NAME = 52  # half characters that fit beside a dot


@dataclass(frozen=True, slots=True)
class Leaf:
    """One neighbour: name, day and address as the page made them, `title` for who points at it, and its middle."""

    name: str
    day: str
    at: str
    title: str
    y: float

    @property
    def base(self) -> float:
        """The line on which its words stand."""
        return self.y + 4.5


@dataclass(frozen=True, slots=True)
class Block:
    """The neighbours along one way, at one side of the node: head, leaves and *and more*, from `y` downwards."""

    given: "Given"
    right: bool
    y: float
    leaves: list[Leaf]
    middle: float  # of the drawing

    @property
    def spine(self) -> float:
        return MIDDLE + SPINE if self.right else MIDDLE - SPINE

    @property
    def dot(self) -> float:
        return self.spine + (12 if self.right else -12)

    @property
    def text(self) -> float:
        return self.spine + (22 if self.right else -22)

    @property
    def anchor(self) -> str:
        return "start" if self.right else "end"

    @property
    def first(self) -> float:
        return self.y + HEAD / 2

    @property
    def head(self) -> float:
        return self.first + 4.5

    @property
    def rest(self) -> float:
        """Where *and more* stands."""
        return self.y + HEAD + ROW * (len(self.leaves) + 0.5) + 4.5

    @property
    def tie(self) -> str:
        """The line from the node to the block and down along it."""
        edge = MIDDLE + BOX / 2 if self.right else MIDDLE - BOX / 2
        bend = (edge + self.spine) / 2
        last = self.leaves[-1].y if self.leaves else self.first
        start = f"M{edge:.1f} {self.middle:.1f} C{bend:.1f} {self.middle:.1f} {bend:.1f} {self.first:.1f}"
        twigs = "".join(f" M{self.spine:.1f} {leaf.y:.1f} H{self.dot:.1f}" for leaf in self.leaves)
        return f"{start} {self.spine:.1f} {self.first:.1f} V{last:.1f}{twigs}"


@dataclass(frozen=True, slots=True)
class Given:
    """What is to be drawn of one way: its neighbours as (name, day, address, title)."""

    label: str
    shown: str
    more: int
    address: str
    leaves: Sequence[tuple[str, str, str, str]]

    @property
    def height(self) -> float:
        return HEAD + ROW * (len(self.leaves) + (1 if self.more else 0)) + GAP


@dataclass(frozen=True, slots=True)
class Drawing:
    height: int
    blocks: list[Block]
    box: tuple[float, float]  # top and height of the node's box
    kind: float  # where the word of its kind stands
    lines: list[tuple[float, str]]  # of its name


def draw(name: str, given: Sequence[Given]) -> Drawing:
    """Each block goes to the side that is shorter so far; both sides are set about the middle."""
    sides: dict[bool, list[Given]] = {True: [], False: []}
    heights = {True: 0.0, False: 0.0}
    for each in given:
        right = heights[True] <= heights[False]
        sides[right].append(each)
        heights[right] += each.height
    words = wrapped(name, 24)
    box = 40.0 + LINE * len(words)
    height = max(*heights.values(), box) + 2 * TOP
    middle = height / 2
    blocks: list[Block] = []
    for right, own in sides.items():
        y = (height - heights[right] + GAP) / 2
        for each in own:
            blocks.append(_block(each, right=right, y=y, middle=middle))
            y += each.height
    top = middle - box / 2
    lines = [(top + 44 + LINE * number, line) for number, line in enumerate(words)]
    return Drawing(round(height), blocks, (top, box), top + 21, lines)


def _block(given: Given, *, right: bool, y: float, middle: float) -> Block:
    leaves = [
        Leaf(shortened(name, NAME - (12 if day else 0)), day, at, title, y + HEAD + ROW * (number + 0.5))
        for number, (name, day, at, title) in enumerate(given.leaves)
    ]
    return Block(given, right, y, leaves, middle)


def width_of(text: str) -> int:
    """In half characters: a Chinese one is as wide as two Latin ones."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def shortened(text: str, most: int) -> str:
    """A text that fits into so many half characters, with … where it was cut."""
    if width_of(text) <= most:
        return text
    kept = ""
    for sign in text:
        if width_of(kept + sign) > most - 2:
            break
        kept += sign
    return kept.rstrip() + "…"


def wrapped(text: str, most: int, *, lines: int = 3) -> list[str]:
    """A text in a few lines of so many half characters; the last one is shortened."""
    made: list[str] = []
    rest = text
    while rest and len(made) < lines - 1 and width_of(rest) > most:
        line = ""
        for sign in rest:
            if width_of(line + sign) > most:
                break
            line += sign
        # A Latin word is not torn where a blank is near.
        if " " in line[len(line) // 2 :] and not rest[len(line) :].startswith(" "):
            line = line[: line.rindex(" ")]
        made.append(line.strip())
        rest = rest[len(line) :].lstrip()
    return [*made, shortened(rest, most)] if rest else made
