"""House limits: a module is at most 400 lines, a function at most 40, half of the functions at most 10."""

import ast
from statistics import median

from tests.architecture.house import PACKAGE, ROOT, sources

MODULE_LINES = 400
FUNCTION_LINES = 40
MEDIAN_LINES = 10


def functions(path):
    """(name, lines) of each function; the docstring is not counted, it is read once."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            docstring = first if ast.get_docstring(node) is not None else None
            told = docstring.end_lineno - docstring.lineno + 1 if docstring else 0
            yield node.name, node.end_lineno - node.lineno + 1 - told


def of_the_product():
    return [path for path in sources() if "tests" not in path.relative_to(PACKAGE).parts]


def test_no_module_is_longer_than_four_hundred_lines():
    paths = [*sources(), *ROOT.glob("scripts/*.py"), *ROOT.glob("bench/*.py"), *ROOT.glob("tests/**/*.py")]
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in paths
    }
    assert {path: lines for path, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_no_function_is_longer_than_forty_lines():
    long = {
        f"{path.relative_to(ROOT)}:{name}": lines
        for path in of_the_product()
        for name, lines in functions(path)
        if lines > FUNCTION_LINES
    }
    assert long == {}


def test_half_of_the_functions_have_at_most_ten_lines():
    lengths = [lines for path in of_the_product() for _, lines in functions(path)]
    assert median(lengths) <= MEDIAN_LINES
