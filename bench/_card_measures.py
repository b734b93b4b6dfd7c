"""What the world card measures of one world: each measure by its key, in the unit that `MEASURES` names."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench._card_seen import DAY_MS, UTC_OFFSET_MS, FraudPayment, Seen, bursts, look
from bench._card_stats import Flags, Floats, auc, mean, over, quantile, settings, share, shares
from simulator import Truth, World, WorldSpec

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9, 0.99)
NO_FUNDS = ("51", "61")  # ISO 8583: not sufficient funds, exceeds the amount limit
NEW_ACCOUNT = ("ring", "bust_out")
HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Measured:
    """One world, measured. `values` has a number for each key (nan where there is nothing to divide by)."""

    spec: WorldSpec
    values: Mapping[str, float]
    amounts: Mapping[str, Sequence[float]]  # "genuine USD" -> `QUANTILES` in major units
    types: Mapping[str, tuple[int, float]]  # fraud type -> payments, share of fraud's value that went through
    hours: Mapping[str, Sequence[float]]  # "genuine", "fraud" -> 24 shares, local time
    weekdays: Mapping[str, Sequence[float]]  # -> 7 shares, Monday first
    groups: Mapping[str, Sequence[float]]  # look-alikes by kind -> how many, and sizes: median, 90 %, largest
    spreads: Mapping[str, Sequence[float]]  # what -> median, 90 %, 99 %, largest


def measure(world: World) -> Measured:
    """Read the world once and measure it."""
    one = _World(world.spec, world.truth, look(world))
    return Measured(
        world.spec,
        {**one.rates(), **one.sizes(), **one.cycle(), **one.attacks(), **one.labels(), **one.declines(),
         **one.sharing(), **settings(world.spec)},
        one.amounts(), one.types(), one.by_hour(), one.by_weekday(), one.groups(), one.spreads(),
    )  # fmt: skip


@dataclass(frozen=True)
class _World:
    spec: WorldSpec
    truth: Truth
    seen: Seen

    @cached_property
    def bad(self) -> Flags:
        bad = np.zeros(len(self.seen.time), bool)
        bad[[payment.row for payment in self.seen.frauds.values()]] = True
        return bad

    @cached_property
    def through(self) -> Flags:
        through = np.ones(len(self.seen.time), bool)
        through[list(self.seen.declines)] = False
        return through

    @cached_property
    def online(self) -> Flags:
        return ~np.frombuffer(self.seen.present, np.bool_)

    @cached_property
    def rupees(self) -> Flags:
        return np.frombuffer(self.seen.rupees, np.bool_)

    @cached_property
    def abroad(self) -> Flags:
        return np.frombuffer(self.seen.abroad, np.bool_)

    @cached_property
    def cents(self) -> Floats:
        return np.frombuffer(self.seen.cents, np.int64).astype(np.float64)

    @cached_property
    def major(self) -> Floats:
        return np.frombuffer(self.seen.minor, np.int64) / 100

    @cached_property
    def local(self) -> NDArray[np.int64]:
        offset = np.where(self.rupees, UTC_OFFSET_MS["INR"], UTC_OFFSET_MS["USD"])
        return np.frombuffer(self.seen.time, np.int64) + offset

    def rates(self) -> dict[str, float]:
        """Fraud that went through among payments that went through, as published rates count it."""
        bad, good_way, online, cents = self.bad, self.through, self.online, self.cents
        done, lost = good_way, bad & good_way
        tpr, fpr = share(online[bad]), share(online[~bad])
        return {
            "rate_value": 1e4 * over(cents[lost].sum(), cents[done].sum()),
            "rate_count": 1e4 * over(lost.sum(), done.sum()),
            "rate_attempts": 1e4 * share(bad),
            "rate_value_online": 1e4 * over(cents[lost & online].sum(), cents[done & online].sum()),
            "rate_count_online": 1e4 * over((lost & online).sum(), (done & online).sum()),
            "cnp_payments": share(online[done]),
            "cnp_value": over(cents[done & online].sum(), cents[done].sum()),
            "cnp_fraud_value": over(cents[lost & online].sum(), cents[lost].sum()),
            "cnp_fraud_count": share(online[lost]),
            "abroad_value": over(cents[done & online & self.abroad].sum(), cents[done & online].sum()),
            "abroad_fraud_value": over(cents[lost & online & self.abroad].sum(), cents[lost & online].sum()),
            "mix_new_account": over(sum(self._of(*NEW_ACCOUNT)), bad.sum()),
            "value_over_count": over(
                over(cents[lost].sum(), cents[done].sum()), over(lost.sum(), done.sum())
            ),
            "auc_online": (tpr + 1 - fpr) / 2,
            "auc_amount": auc(cents[bad], cents[~bad]),
        }

    def _of(self, *types: str) -> list[bool]:
        return [self.truth.frauds[name].type in types for name in self.seen.frauds]

    def sizes(self) -> dict[str, float]:
        done, online = self.through, self.online
        lost, fine = self.bad & done & online, ~self.bad & done & online
        return {
            "amount_mean_ratio": over(mean(self.cents[lost]), mean(self.cents[fine])),
            "amount_median_ratio": over(quantile(self.cents[lost], 0.5), quantile(self.cents[fine], 0.5)),
            "amount_median_all": over(
                quantile(self.cents[self.bad], 0.5), quantile(self.cents[~self.bad], 0.5)
            ),
            "amount_mean_all": over(mean(self.cents[self.bad]), mean(self.cents[~self.bad])),
            "amount_spread_genuine": _quartiles(self.major[~self.bad & ~self.rupees]),
            "amount_spread_fraud": _quartiles(self.major[self.bad & ~self.rupees]),
            "fraud_mean_usd": mean(self.major[lost & ~self.rupees]),
            "genuine_mean_usd": mean(self.major[fine & ~self.rupees]),
            "fraud_mean_inr": mean(self.major[lost & self.rupees]),
            "genuine_mean_inr": mean(self.major[fine & self.rupees]),
        }

    def amounts(self) -> dict[str, list[float]]:
        out = {}
        for currency, mine in (("USD", ~self.rupees), ("INR", self.rupees)):
            for name, which in (("genuine", ~self.bad), ("fraud", self.bad)):
                of = self.major[mine & which & self.online]
                out[f"{name} {currency}"] = [quantile(of, q) for q in QUANTILES]
        return out

    def types(self) -> dict[str, tuple[int, float]]:
        count: Counter[str] = Counter()
        value: defaultdict[str, float] = defaultdict(float)
        for name, payment in self.seen.frauds.items():
            kind = self.truth.frauds[name].type
            count[kind] += 1
            value[kind] += float(self.cents[payment.row]) * bool(self.through[payment.row])
        total = sum(value[kind] for kind in sorted(value))
        return {kind: (count[kind], over(value[kind], total)) for kind in sorted(count)}

    def by_hour(self) -> dict[str, list[float]]:
        hour = self.local // HOUR_MS % 24
        return {
            name: shares(hour[which & self.online], 24)
            for name, which in (("genuine", ~self.bad), ("fraud", self.bad))
        }

    def by_weekday(self) -> dict[str, list[float]]:
        day = (self.local // DAY_MS + 3) % 7  # 1970-01-01 was a Thursday
        return {
            name: shares(day[which & self.online], 7)
            for name, which in (("genuine", ~self.bad), ("fraud", self.bad))
        }

    def cycle(self) -> dict[str, float]:
        hours, days = self.by_hour()["genuine"], self.by_weekday()["genuine"]
        return {
            **{f"hour_{hour:02d}": 2400 * hours[hour] for hour in (5, 13, 21)},
            "peak_hour": float(np.argmax(hours)),
            **{f"weekday_{name}": 700 * days[day] for name, day in (("tue", 1), ("fri", 4), ("sun", 6))},
        }

    def attacks(self) -> dict[str, float]:
        tests = self._frauds("card_testing")
        merchant_days = Counter((p.merchant, p.time // DAY_MS) for p in tests)
        rings = self.truth.rings
        members = [len(ring.members) for ring in rings]
        return {
            "testing_burst": quantile(bursts(tests), 0.5),
            "testing_merchant_day": mean(list(merchant_days.values())),
            "testing_share": over(len(tests), self.online.sum()),
            "testing_declined": share([not self.through[p.row] for p in tests]),
            "ring_members_p50": quantile(members, 0.5),
            "ring_members": mean(members),
            "ring_drops": mean([len(ring.drops) for ring in rings]),
            "ring_mules": share([member.mule for ring in rings for member in ring.members]),
            "drop_days": quantile(self._ring_days(), 0.5),
            "dormant_days": quantile(self._dormant_days(), 0.5),
            "ring_card_usd": over(*self._ring_money()),
            "look_alikes": over(len(self.truth.look_alikes), len(rings)),
        }

    def _frauds(self, kind: str) -> list[FraudPayment]:
        return [payment for name, payment in self.seen.frauds.items() if self.truth.frauds[name].type == kind]

    def _ring_days(self) -> list[float]:
        """From a ring's first fraud to its last."""
        times = [[self.seen.frauds[n].time for n in ring.transactions] for ring in self.truth.rings]
        return [(max(of) - min(of)) / DAY_MS for of in times if of]

    def _dormant_days(self) -> list[float]:
        """From an account's opening to its first fraud in a ring."""
        first: dict[str, int] = {}
        for payment in self._frauds("ring"):
            if payment.account and payment.account in self.seen.opened:
                first[payment.account] = min(first.get(payment.account, payment.time), payment.time)
        waits = [(at - self.seen.opened[account]) / DAY_MS for account, at in first.items()]
        return [wait for wait in waits if wait >= 0]

    def _ring_money(self) -> tuple[float, int]:
        """What went through in rings, in major base units, and how many cards it was paid with."""
        paid = [p for p in self._frauds("ring") if self.through[p.row]]
        return sum(float(self.cents[p.row]) for p in paid) / 100, len({p.card for p in paid})

    def labels(self) -> dict[str, float]:
        bad = self.seen.frauds
        by: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for label in self.seen.labels:
            by["analyst" if label["source"] == "analyst" else label["verdict"]].append(label)
        disputes = {each["subject"]["id"]: each for each in by["chargeback"]}
        delays = [_days(each) for name, each in disputes.items() if name in bad]
        reviews = [(each["subject"]["id"] in bad, each["verdict"] == "cleared") for each in by["analyst"]]
        # What a review has confirmed is settled: its victim seldom has to say anything.
        stopped = {each["subject"]["id"] for each in by["analyst"] if each["verdict"] == "confirmed"}
        known = stopped | disputes.keys()
        won = {each["subject"]["id"] for each in by["cleared"]}
        lost = [name for name, payment in bad.items() if self.through[payment.row]]
        return {
            "dispute_rate": 1e4 * over(len(disputes), self.through.sum()),
            **{f"chargeback_p{q}": quantile(delays, q / 100) for q in (10, 50, 90, 99)},
            "chargeback_max": max(delays, default=nan),
            "reported": share([name in disputes for name in lost if name not in stopped]),
            "never_known": share([name not in known for name in lost]),
            "first_party": share([name not in bad for name in disputes]),
            "disputes_won": over(len(won & disputes.keys()), len(disputes)),
            "review_rate": over(len(reviews), len(self.seen.rows)),
            "review_good": share([not fraud for fraud, _ in reviews]),
            "review_missed": share([fraud for fraud, cleared in reviews if cleared]),
        }  # fmt: skip

    def declines(self) -> dict[str, float]:
        good, done, online = ~self.bad, self.through, self.online
        return {
            "approval_online": share(done[online]),
            "approval_present": share(done[~online]),
            "declined_good": 1 - share(done[good]),
            "declined_fraud": 1 - share(done[self.bad]),
            "declined_funds": share([code in NO_FUNDS for code in self.seen.declines.values()]),
        }

    def sharing(self) -> dict[str, float]:
        homes = [each for each in self.truth.look_alikes if each.kind == "household"]
        seen = self.seen
        return {
            "household_mean": mean([len(home.accounts) for home in homes]),
            "household_device": share([bool(home.devices) for home in homes]),
            "device_one_account": share([len(accounts) == 1 for accounts in seen.device_accounts.values()]),
            "ip_accounts": float(max(map(len, seen.ip_accounts.values()), default=0)),
            "cards_an_account": mean([len(cards) for cards in seen.account_cards.values()]),
        }

    def groups(self) -> dict[str, list[float]]:
        sizes: defaultdict[str, list[int]] = defaultdict(list)
        for each in self.truth.look_alikes:
            sizes[each.kind].append(len(each.accounts))
        sizes["ring"] = [len(ring.members) for ring in self.truth.rings]
        return {
            kind: [len(of), quantile(of, 0.5), quantile(of, 0.9), max(of, default=nan)]
            for kind, of in sorted(sizes.items())
        }

    def spreads(self) -> dict[str, list[float]]:
        seen = self.seen
        told: tuple[tuple[str, Iterable[int]], ...] = (
            ("cards of a device", map(len, seen.device_cards.values())),
            ("accounts of a device", map(len, seen.device_accounts.values())),
            ("devices of a card", map(len, seen.card_devices.values())),
            ("accounts behind an IP address in a day", seen.ip_day_accounts),
            ("accounts behind an IP address in all", map(len, seen.ip_accounts.values())),
            ("attempts in a burst of card testing", bursts(self._frauds("card_testing"))),
        )
        out = {}
        for name, values in told:
            of = list(values)
            out[name] = [quantile(of, 0.5), quantile(of, 0.9), quantile(of, 0.99), max(of, default=nan)]
        return out


def _quartiles(amounts: Floats) -> float:
    return over(quantile(amounts, 0.75), quantile(amounts, 0.25))


def _days(label: Mapping[str, Any]) -> float:
    return float(label["known_at"] - label["time"]) / DAY_MS
