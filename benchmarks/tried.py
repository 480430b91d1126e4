"""What was tried for a goal that is missed, told on the page only while it is missed."""

TRIED = {
    "zen expression": """A bare expression has no table, no loader and no trace. An expression that
        only reads one fact takes two thirds of that time already.""",
    "zen tree": "The same, with fewer conditions to test.",
    "json_logic tree": "Told as the clauses it is reached; the tree is our compiler's work.",
    "datalogic clauses": """The goal was set on engines in Python. One in Rust that compiles the rule
        first has little left to do but carry the facts over; to be as many times quicker, ours would
        have to decide in less time than a call of an empty Python function takes.""",
    "datalogic tree": "The same.",
    "first ms": """Half of it is the import of the package, a quarter reading the document, the rest
        growing and compiling the tree. Weighing fewer tests for each branch and compiling patterns once
        took 2 ms off. `-X importtime` adds up to 3 ms for what only explains; how much less loading that
        later would be was not measured. Collecting no garbage meanwhile takes nothing off.""",
    "first mb": """Most of it is the code of the package, loaded once in a process; the policy itself
        takes less than 1 MB.""",
    "backtest max": """Each row gets the number of the kind of order it is, and each kind is decided once; one
        CASE that checks and decides every row takes more than twice as long. Each range is one comparison,
        and the amount is looked at once. What is left is the number and the grouping by it; how the time
        parts between the two was not measured.""",
    "backtest hand": """The SQL by hand checks no row. On few orders, what a run pays once is most
        of it.""",
}
