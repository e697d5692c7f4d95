"""What is noted of each row while a file is resolved: a few numbers, all that memory holds."""

from array import array


class Marks:
    def __init__(self, twin_of: "array[int]") -> None:
        size = len(twin_of)
        self.twin_of = twin_of
        """The first row of the same content, where that content is enough to know a person."""
        self.has_twin = bytearray(size)
        self.root = array("q", range(size))
        """A row that stands for the row's group; of rows with a twin, the twin's counts."""
        self.likest = array("d", bytes(8 * size))
        """How probable it is that the likest other row is the same person's."""

    @property
    def size(self) -> int:
        return len(self.root)

    def keep_twin(self, row: int, *, known: bool) -> None:
        """`known`: the content the two share is enough to say whose they are."""
        if not known:
            self.twin_of[row] = row
        self.has_twin[self.twin_of[row]] |= known

    def compared(self, left: int, right: int, score: float) -> None:
        self.likest[left] = max(self.likest[left], score)
        self.likest[right] = max(self.likest[right], score)

    def chain(self, left: int, right: int) -> None:
        """Have two rows hang together, whatever groups will be found among what does."""
        self.root[self._top(left)] = self._top(right)

    def chains(self) -> "array[int]":
        """For each row one that stands for all it hangs together with; alone, each is its own."""
        tops = array("q", (self._top(row) for row in range(self.size)))
        self.root = array("q", range(self.size))
        return tops

    def group_of(self, row: int) -> int:
        return self.root[self.twin_of[row]]

    def numbers(self) -> "array[int]":
        """At the place of each group's root its number, from 1 in the order of first rows."""
        numbers = array("q", bytes(8 * self.size))
        last = 0
        for row in range(self.size):
            group = self.group_of(row)
            if not numbers[group]:
                last += 1
                numbers[group] = last
        return numbers

    def _top(self, row: int) -> int:
        while self.root[row] != row:
            self.root[row] = self.root[self.root[row]]
            row = self.root[row]
        return row
