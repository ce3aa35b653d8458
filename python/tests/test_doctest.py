"""Every example of every docstring runs, those of the compiled part too, which doctest does not find by itself."""

import doctest
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

import nianbao

ROOT = Path(__file__).resolve().parents[2]


def documented() -> Iterator[tuple[str, str]]:
    yield "nianbao", nianbao.__doc__ or ""
    for name in nianbao.__all__:
        thing = getattr(nianbao, name)
        if inspect.ismodule(thing) or isinstance(thing, str):
            continue
        yield name, thing.__doc__ or ""
        if inspect.isclass(thing):
            for member, value in vars(thing).items():
                if not member.startswith("_"):
                    yield f"{name}.{member}", getattr(value, "__doc__", None) or ""


DOCUMENTED = dict(documented())


@pytest.mark.parametrize("name", DOCUMENTED)
def test_it_is_documented(name: str) -> None:
    assert DOCUMENTED[name].strip()


@pytest.mark.parametrize("name", [name for name, text in DOCUMENTED.items() if ">>>" in text])
def test_its_example_runs(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    parsed = doctest.DocTestParser().get_doctest(DOCUMENTED[name], {"nianbao": nianbao}, name, None, 0)
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(parsed)
    assert capsys.readouterr().out == ""


def test_there_are_examples() -> None:
    assert sum(">>>" in text for text in DOCUMENTED.values()) > 20


def test_the_examples_of_the_docs_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    for page in ["python/README.md"]:
        text = (ROOT / page).read_text(encoding="utf-8").replace("```", "")
        parsed = doctest.DocTestParser().get_doctest(text, {}, page, page, 0)
        assert parsed.examples, page
        doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(parsed)
        assert capsys.readouterr().out == ""
