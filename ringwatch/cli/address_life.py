"""`ringwatch address correct, train, evaluate, deploy, rollback`: how the tagger gets better, and back."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from events.errors import (
    ConflictError,
    InputError,
    InvalidFieldError,
    MalformedError,
    NotFoundError,
    RingwatchError,
)
from ringwatch.cli.common import Actor, Json, Reason, emit, fail, say, show, the_one, wiring

if TYPE_CHECKING:
    from nlp.example import Example
    from nlp.lifecycle import Corrections, Evaluation
    from nlp.lifecycle.course import Course
    from ringwatch.wiring import Wiring

_SEED = 11  # `nlp.tagger.build.SEED`, which is slow to import
Wait = Annotated[float, typer.Option(help="Wait so many seconds for the scorer's answer.", min=0)]
Sets = Annotated[
    list[Path] | None,
    typer.Option(
        "--set", help="Measure on this file, too: labelled addresses, a JSON object a line.", dir_okay=False
    ),
]


def _fields(begun: str) -> list[str]:
    from nlp.fields import FIELDS

    return [f"{name}=" for name in FIELDS if name.startswith(begun)]


def correct(
    actor: Actor,
    reason: Reason,
    text: Annotated[
        str, typer.Argument(metavar="[TEXT]", help="An address as it came. Without one: lines of stdin.")
    ] = "",
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="FIELD=VALUE",
            help="What a field is, as the text has it (no VALUE: the text names none). The rest stays as it is read.",
            autocompletion=_fields,
        ),
    ] = None,
    country: Annotated[str | None, typer.Option(help="Whose address it is; else the text tells.")] = None,
    waiting: Annotated[bool, typer.Option(help="List the texts that the parser was least sure of.")] = False,
    *,
    json: Json = False,
) -> None:
    """Say what is right of an address that was read wrongly; the next training learns from it.

    On stdin each line is an object: text, country (may be left out), and fields (an object of values, null for none)
    or spans ([start, end, field] each, of the text as given). A line at fault is told and left out; exit code 1.

    Example: ringwatch address correct "12 MG Rd Indiranagar 560038" --set locality=Indiranagar --actor ana --reason x

    Example: ringwatch address correct --actor ana --reason "audit of May" < corrections.jsonl
    """
    with wiring() as parts:
        if waiting:
            _waiting(parts.corrections, json=json)
            return
        if text:
            found = [({"text": text, "country": country, "fields": _values(set_ or [])}, 1)]
            bad = _correct(parts, iter(found), actor, reason, json=json)
        else:
            bad = _correct(parts, _given(), actor, reason, json=json)
    if bad:
        raise typer.Exit(1)


def train(
    base: Annotated[
        int,
        typer.Option(
            help="Made addresses of each corrected country to learn beside (-1: those of the package's tagger).",
            min=-1,
        ),
    ] = -1,
    seed: Annotated[int, typer.Option(help="Of the made addresses and of chance in training.")] = _SEED,
    public: Annotated[
        Path | None,
        typer.Option(
            help="Folder of public data sets (docs/data.md), to learn from as the package did.",
            file_okay=False,
        ),
    ] = None,
    on_worker: Annotated[bool, typer.Option(help="Let a worker do it (`ringwatch run worker`).")] = False,
    *,
    json: Json = False,
) -> None:
    """Train a tagger on everything that was corrected, measure it beside the present one, and store it.

    Nothing is put in force: `ringwatch address deploy` does that. A worker also looks, among the addresses of the
    graph, for texts that the present tagger is unsure of (`ringwatch address correct --waiting`).

    Example: ringwatch address train
    """
    with wiring() as parts:
        if on_worker:
            from workers import ADDRESS_TRAIN

            done = asked(parts, ADDRESS_TRAIN, [seed, base, str(public) if public else ""])
        else:
            from nlp.lifecycle.course import run_course
            from nlp.tagger.build import public_examples

            course = course_of(parts)
            if public is not None:
                course = replace(course, beside={"US": public_examples(public)})
            done = run_course(course, seed=seed, base=None if base < 0 else base)
    if json:
        emit(done)
        return
    show(f"{done['tagger']}: from {done['corrections']} corrections, {done['waiting']} texts wait for one")
    for why in done["why_not"]:
        show(f"  worse: {why}")
    say("it may be deployed" if done["passed"] else "it can't be deployed: it is surely worse, see above")


def evaluate(
    tagger: Annotated[
        str, typer.Argument(metavar="[TAGGER]", help="A tagger or its beginning. Without one: the newest.")
    ] = "",
    set_: Sets = None,
    *,
    json: Json = False,
) -> None:
    """Measure a tagger beside the present one, by country and field: on made addresses, on corrections held out.

    Exit code 1 where a field of some country is surely worse: such a tagger can't be deployed.

    Example: ringwatch address evaluate tagger-3fa9 --set real.jsonl
    """
    from nlp.lifecycle.corpus import Corpus
    from nlp.lifecycle.course import measure_tagger

    with wiring() as parts:
        name = the_tagger(parts, tagger)
        corpus = Corpus.load(parts.blobs, str(parts.registry.meta(name).get("corpus", "")))
        course = course_of(parts, set_ or ())
        found = measure_tagger(course, name, parts.registry.get(name), corpus)
    if json:
        emit(msgspec.to_builtins(found) | {"passed": found.passed, "why_not": found.why_not})
    else:
        _show(found)
    if not found.passed:
        raise typer.Exit(1)


def deploy(
    actor: Actor,
    reason: Reason,
    tagger: Annotated[
        str, typer.Argument(metavar="[TAGGER]", help="A tagger or its beginning. Without one: the newest.")
    ] = "",
    wait: Wait = 2.0,
    *,
    json: Json = False,
) -> None:
    """Put a tagger in force, as a release with everything else as it is. Only one that was measured and is no worse.

    Example: ringwatch address deploy --actor ana --reason "corrections of May"
    """
    from nlp.lifecycle import Evaluation

    with wiring() as parts:
        name = the_tagger(parts, tagger)
        base = parts.release_to_change()
        found = Evaluation.load(parts.blobs, name, base.tagger or "")
        if not found.passed:
            raise ConflictError(f"{name} is surely worse:\n  " + "\n  ".join(found.why_not))
        put_tagger(parts, name, actor, reason, wait, json=json)


def rollback(actor: Actor, reason: Reason, wait: Wait = 2.0, *, json: Json = False) -> None:
    """Go back to the tagger that was in force before; everything else of the release stays.

    Example: ringwatch address rollback --actor ana --reason "streets got worse"
    """
    with wiring() as parts:
        put_tagger(parts, _former(parts), actor, reason, wait, json=json)


def put_tagger(
    parts: "Wiring", tagger: str | None, actor: str, reason: str, wait: float, *, json: bool
) -> None:
    """Put a tagger (None: the package's) in force, in the release that is so."""
    from ringwatch.cli.release import switch
    from scoring import changed_release

    release = changed_release(
        parts.release_to_change(), actor=actor, reason=reason, clock=parts.clock, tagger=tagger
    )
    parts.registry.put_release(release)
    switch(parts, release.id, actor, reason, wait, json=json)


def course_of(parts: "Wiring", files: "list[Path] | tuple[()]" = ()) -> "Course":
    """A training under the release in force."""
    from nlp.example import read
    from nlp.lifecycle.course import Course
    from nlp.lifecycle.evaluation import ExampleSet

    active = parts.registry.active()
    current = active.tagger if active else None
    sets: dict[tuple[str, str], list[Example]] = {}
    for path in files:
        for example in read(path):
            sets.setdefault((path.name, example.country), []).append(example)
    return Course(
        blobs=parts.blobs,
        current=current or "",
        models=parts.tagger_models(current),
        put=lambda data, facts: parts.registry.put("tagger", data, facts),
        clock=parts.clock,
        files=[ExampleSet(name, country, found) for (name, country), found in sorted(sets.items())],
    )


def the_tagger(parts: "Wiring", begun: str) -> str:
    """The stored tagger that begins so; the newest for ""."""
    hint = "`ringwatch address train` makes one"
    return the_one(parts.registry.find("tagger"), begun, what="tagger", hint=hint, name=str, newest=True)


def _former(parts: "Wiring") -> str | None:
    """The tagger before the present one; before the first that was deployed that is the package's."""
    history = [None, *(parts.registry.release(it.release).tagger for it in parts.registry.activations())]
    for tagger in reversed(history):
        if tagger != history[-1]:
            return tagger
    raise NotFoundError("no earlier tagger to go back to")


def asked(parts: "Wiring", task: str, arguments: list[Any]) -> dict[str, Any]:
    """Have a worker do it and wait."""
    asked = parts.worker_app().send_task(task, args=arguments)
    say(f"task {asked.id}; a worker (`ringwatch run worker`) does it, Ctrl-C only stops waiting for it")
    done = asked.get(propagate=False)
    if not asked.successful() or done["result"] == "skipped":
        raise RingwatchError(f"the worker did not do it: {done}")
    return dict(done)


class _Given(msgspec.Struct, forbid_unknown_fields=True):
    text: str
    country: str | None = None
    fields: dict[str, str | None] = {}
    spans: list[tuple[int, int, str]] | None = None


def _given() -> Iterator[tuple[Any, int]]:
    for number, line in enumerate(sys.stdin.buffer, 1):
        if line.strip():
            yield line, number


def _correct(
    parts: "Wiring", lines: Iterator[tuple[Any, int]], actor: str, reason: str, *, json: bool
) -> int:
    """Keep what is right; how many lines were not."""
    kept = bad = 0
    for line, number in lines:
        try:
            name = _keep(parts, _decoded(line), actor, reason)
        except InputError as error:
            bad += 1
            fail(f"line {number}, {error.field or 'the line'}: {error}")
            continue
        kept += 1
        if json:
            emit({"correction": name, "line": number})
    if not json:
        show(f"{kept} corrections kept" + (f", {bad} lines left out" if bad else ""))
    return bad


def _decoded(line: Any) -> _Given:
    try:
        found = (
            msgspec.json.decode(line, type=_Given)
            if isinstance(line, bytes)
            else msgspec.convert(line, _Given)
        )
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedError("", str(error), "an object with text, and fields or spans") from None
    if not found.text.strip():
        raise InvalidFieldError("text", "is empty")
    if found.spans is None and not found.fields:
        raise InvalidFieldError("fields", "says nothing", "give --set FIELD=VALUE, or fields or spans")
    return found


def _keep(parts: "Wiring", given: _Given, actor: str, reason: str) -> str:
    from nlp.countries import country_of_text
    from nlp.example import Example, problems
    from nlp.fields import FIELDS
    from nlp.lifecycle import Correction, corrected
    from nlp.text import legible

    text = legible(given.text)
    country = given.country or country_of_text(text)
    if not country:
        raise InvalidFieldError("country", "can't be told from the text", "say which, as IN or US")
    if given.spans is None:
        read = [(it.start, it.end, it.field) for it in parts.field_parser.pieces(text, country)]
        example = corrected(text, country, read, given.fields)
    elif (
        text != given.text
    ):  # spans are of the text as it came: what they hold is looked for in the cleaned one
        said = Example(given.text, country, tuple(sorted(given.spans)))
        if wrong := problems(said, FIELDS):
            raise InvalidFieldError("spans", "; ".join(wrong))
        values = {field: legible(value) for field, value in said.values().items()}
        example = corrected(text, country, (), values)
    else:
        example = Example(text=text, country=country, spans=tuple(sorted(given.spans)))
        if wrong := problems(example, FIELDS):
            raise InvalidFieldError("spans", "; ".join(wrong))
    active = parts.registry.active()
    return parts.corrections.put(
        Correction(
            example=example,
            actor=actor,
            reason=reason,
            time=parts.clock.now_ms(),
            tagger=(active.tagger if active else None) or "",
        )
    )


def _values(given: list[str]) -> dict[str, str | None]:
    values: dict[str, str | None] = {}
    for each in given:
        field, sign, value = each.partition("=")
        if not sign:
            raise typer.BadParameter(f"--set {each}: FIELD=VALUE, as city=Pune")
        values[field] = value or None
    return values


def _waiting(corrections: "Corrections", *, json: bool) -> None:
    found = corrections.waiting()
    for sample in found:
        if json:
            emit(msgspec.to_builtins(sample))
        else:
            show(f"{sample.confidence:.2f}  {sample.country:<2}  {sample.text}")
    if not found:
        say(
            "no text waits; `ringwatch address train --on-worker` looks for some among the addresses of the graph"
        )


def _show(found: "Evaluation") -> None:
    for score in found.scores:
        show(
            f"{score.country} {score.set}: {score.addresses} addresses, {score.lenient:.1%} right, "
            f"{score.strict:.1%} with nothing invented"
        )
    for it in found.findings:
        show(f"{'worse ' if it.worse else '      '}{it}")
    say("it may be deployed" if found.passed else "it can't be deployed: " + "; ".join(found.why_not))
