"""Decides as far as it can while not everything is told: the outcomes left, and the fact to ask next."""

from collections.abc import Mapping, Sequence

from .decision import Open
from .facts import Value
from .outcomes import Outcome
from .space import Dimension
from .tree import Branch, Leaf, Tree

type _Left = str | tuple[int, int, "_Left", "_Left"]


def open_outcomes(
    tree: Tree,
    told: Mapping[str, Value],
    dimensions: Sequence[Dimension],
    then: Mapping[str, str],
    outcomes: Mapping[str, Outcome],
) -> Open:
    """The tree with what is told put in and the tests dropped whose answer changes no outcome.

    A fact that is told as absent is told: only a fact left out is still open.
    """
    left = _left(tree, told, dimensions, then)
    names = {name for name in _outcomes(left) if name}
    ask = None
    if not isinstance(left, str):
        ask = next(name for name in dimensions[left[0]].facts if name not in told)
    return Open(tuple(sorted(names, key=lambda name: -outcomes[name].rank)), ask)


def _left(
    tree: Tree, told: Mapping[str, Value], dimensions: Sequence[Dimension], then: Mapping[str, str]
) -> "_Left":
    """What is left of the tree; a leaf is its outcome, "" for a gap or a conflict."""
    while isinstance(tree, Branch):
        dimension = dimensions[tree.dimension]
        if not all(name in told for name in dimension.facts):
            break
        tree = tree.yes if tree.mask & dimension.cell(told) else tree.no
    if isinstance(tree, Leaf):
        return "" if tree.rival else then.get(tree.clause, "")
    yes = _left(tree.yes, told, dimensions, then)
    no = _left(tree.no, told, dimensions, then)
    return yes if yes == no else (tree.dimension, tree.mask, yes, no)


def _outcomes(left: "_Left") -> set[str]:
    return {left} if isinstance(left, str) else _outcomes(left[2]) | _outcomes(left[3])
