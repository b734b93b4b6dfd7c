"""The figures at the head of a report and of a dossier, and what they come to in a sentence."""

from dataclasses import dataclass

from console.report import words
from console.report.data import Dossier, Money, Report
from console.report.timeline import Course


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure set large: what it is, the figure, and a line beneath."""

    name: str
    value: str
    note: str = ""
    tone: str = ""


def head_figures(report: Report) -> tuple[Figure, ...]:
    """Money first; where it isn't known, what is."""
    money = report.money
    decided = Figure(
        "Payments decided",
        words.count(report.decisions),
        f"{words.day(report.since)} to {words.day(report.until)}",
    )
    if money is None:
        rate = approval_rate(report)
        return (
            decided,
            *([] if rate is None else [Figure("Approval rate", words.share(rate), "approved at once")]),
        )
    return (
        Figure(
            "Net value saved" if money.saved >= 0 else "Net value",
            words.money(money.saved, report.currency, exact=False),
            f"against approving everything, in {words.plural(round(money.days, 1), 'day')}",
            "good" if money.saved >= 0 else "bad",
        ),
        Figure(
            f"Fraud value caught at {words.count(report.reviews_per_day)} reviews a day",
            words.share(stopped_share(money)) if money.fraud else "no fraud met",
            f"{words.money(money.fraud_stopped, report.currency, exact=False)} "
            f"of {words.money(money.fraud, report.currency, exact=False)}",
        ),
        Figure(
            "Good customers declined per fraud stopped",
            words.count(money.good_declined_per_fraud),
            f"{words.count(money.good_declined)} declined for good",
        ),
        Figure(
            "Approval rate",
            words.share(money.approval_rate),
            f"of {words.plural(report.decisions, 'payment')}",
        ),
    )


def summary(report: Report) -> str:
    """The report in a sentence or two."""
    money = report.money
    if money is None:
        rate = approval_rate(report)
        approved = "" if rate is None else f", {words.share(rate)} approved at once"
        why = ": the last section says why" if report.unknown else ""
        return f"{words.plural(report.decisions, 'payment')} decided{approved}. What that was worth is not known{why}."
    worth = words.money(abs(money.saved), report.currency, exact=False)
    against = f"in {words.plural(round(money.days, 1), 'day')}, compared with approving everything"
    told = f"The decisions saved {worth} net" if money.saved >= 0 else f"The decisions cost {worth} net"
    caught = (
        f"{words.money(money.fraud_stopped, report.currency, exact=False)} of "
        f"{words.money(money.fraud, report.currency, exact=False)} in fraud was stopped"
    )
    if money.good_declined_per_fraud >= 1:
        cost = f"at the price of {words.count(money.good_declined_per_fraud)} good customers declined for each fraud"
    elif money.good_declined_per_fraud > 0:
        frauds = words.plural(round(1 / money.good_declined_per_fraud, 1), "fraud")
        cost = f"with one good customer declined for every {frauds}"
    elif money.good_declined:
        cost = f"and {words.plural(money.good_declined, 'good customer')} declined"
    else:
        cost = "without declining one good customer"
    approved = f"{words.share(money.approval_rate)} of payments were approved at once"
    return f"{told} {against}: {caught}, {cost}. {approved}."


def sums(report: Report) -> tuple[Figure, ...]:
    """What the head figures are made of; none where money isn't known."""
    money = report.money
    if money is None:
        return ()

    def whole(minor: int) -> str:
        return words.money(minor, report.currency, exact=False)

    return (
        Figure("Fraud met", whole(money.fraud)),
        Figure("Fraud stopped", whole(money.fraud_stopped)),
        Figure("Lost to fraud", whole(money.lost_to_fraud)),
        Figure("Good payments held", words.count(money.good_held)),
        Figure("Good customers declined", words.count(money.good_declined)),
    )


def approval_rate(report: Report) -> float | None:
    """The share approved at once; None without decisions."""
    whole = sum(report.by_action.values())
    return report.by_action.get("approve", 0) / whole if whole else None


def stopped_share(money: Money) -> float | None:
    """Fraud stopped, as a share of its value; None without fraud."""
    return money.fraud_stopped / money.fraud if money.fraud else None


def ring_figures(report: Report) -> tuple[Figure, ...]:
    """Rings reported, and against the truth where it is known; nothing where there is neither."""
    rings = report.rings
    if not rings.reported and rings.true is None:
        return ()
    found = [Figure("Rings reported", words.count(rings.reported))]
    if rings.true is not None and rings.found is not None:
        found.append(Figure("True rings found", f"{words.count(rings.found)} of {words.count(rings.true)}"))
    if rings.precision is not None:
        others = "" if rings.of_fraud is None else f"; {words.share(rings.of_fraud)} are fraud of some kind"
        found.append(
            Figure("Precision", words.share(rings.precision), f"of the reported rings are true ones{others}")
        )
    if rings.recall is not None:
        found.append(Figure("Recall", words.share(rings.recall), "of the true rings were reported"))
    if rings.innocents_per_ring is not None:
        found.append(
            Figure("Innocents flagged", words.count(rings.innocents_per_ring), "for each ring found")
        )
    return tuple(found)


def dossier_figures(dossier: Dossier, told: Course, currency: str) -> tuple[Figure, ...]:
    """The money of one ring first, then its size."""
    found = []
    if dossier.lost is not None:
        stopped = told.first is not None
        note = "approved before the first stop" if stopped else "nothing was stopped"
        if stopped and told.lost_after:
            note = (
                f"{words.money(told.lost_before, currency, exact=False)} before the first stop, "
                f"{words.money(told.lost_after, currency, exact=False)} after"
            )
        found.append(Figure("Lost", words.money(dossier.lost, currency, exact=False), note, "bad"))
    if dossier.saved is not None:
        found.append(
            Figure("Saved", words.money(dossier.saved, currency, exact=False), "fraud stopped", "good")
        )
    k = dossier.first_stopped
    note = f"of {words.count(len(dossier.payments))}" if dossier.payments else ""
    if told.undecided:
        note += f", {words.count(told.undecided)} made before ringwatch decided"
    found.append(Figure("First stopped", "never" if k is None else f"{words.ordinal(k)} payment", note))
    found.append(
        Figure(
            "Customers",
            words.count(dossier.customers),
            f"{words.count(dossier.known_fraud)} with known fraud"
            if dossier.known_fraud
            else "none with known fraud",
        )
    )
    found.append(
        Figure(
            "Paid in all",
            words.money(dossier.value, currency, exact=False),
            f"ring score {words.score(dossier.score)}",
        )
    )
    return tuple(found)


def likeness(dossier: Dossier, shared: str, shared_other: str) -> tuple[tuple[str, str, str], ...]:
    """(what, of this ring, of those left alone) a row."""
    other = dossier.look_alike
    if other is None:
        return ()
    decided = [payment for payment in dossier.payments if payment.action]
    approved = sum(not payment.stopped for payment in decided)
    return (
        ("Ring score", words.score(dossier.score), words.score(other.score)),
        ("Customers", words.count(dossier.customers), words.count(other.customers)),
        ("Payments", words.count(len(dossier.payments)), words.count(other.payments)),
        (
            "Approved",
            _approved(approved, len(decided), len(dossier.payments)),
            _approved(other.approved, other.decided, other.payments),
        ),
        ("Shared, as drawn", shared, shared_other),
        (
            "Known fraud, as drawn",
            words.count(sum(node.fraud for node in dossier.graph.nodes)),
            words.count(sum(node.fraud for node in other.graph.nodes)),
        ),
    )


def _approved(approved: int, decided: int | None, payments: int) -> str:
    of = "" if decided is None or decided == payments else f" of {words.count(decided)} decided"
    return words.count(approved) + of
