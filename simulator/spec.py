"""What a world is made of, in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from events.errors import NotFoundError, SettingsError

DAY_MS = 86_400_000
START_2026 = 1_767_225_600_000  # 2026-01-01T00:00Z


@dataclass(frozen=True, slots=True)
class WorldSpec:
    """A world's size and mix. Shares are of customers (or of what the name says), in 0..1.

    `rate` is the mean number of purchases a customer makes a day. Genuine look-alikes of rings are households,
    shared flats, hostels and offices: their shares are what keeps rings from standing out.
    """

    customers: int = 7_000
    days: int = 120
    start_ms: int = START_2026
    rate: float = 0.168
    india_share: float = 0.6
    merchants: int = 420
    # how customers live and work together
    household_share: float = 0.40
    flat_share: float = 0.08
    hostel_share: float = 0.06
    small_office_share: float = 0.14
    office_share: float = 0.15
    newcomer_share: float = 0.40  # customers who first appear after the start
    lockers: int = 10  # parcel lockers and shops that take in parcels for anybody
    kiosks: int = 40  # public devices
    carrier_ips: int = 36  # addresses that mobile carriers share among thousands
    # fraud
    rings: int = 32
    ring_size: tuple[int, int] = (4, 20)
    testing_bursts: int = 11
    stolen_cards: int = 110
    takeovers: int = 60
    # what comes back
    approval_share: float = 0.15  # approvals whose issuer response reaches us (declines always do)
    login_share: float = 0.12  # purchases on an account that are preceded by a login event
    unreported_share: float = 0.12  # frauds that nobody ever reports
    confirmed_share: float = 0.25  # frauds that an analyst confirms within three days

    def __post_init__(self) -> None:
        faults = [f"{name} must be above zero" for name in ("customers", "days", "rate", "merchants", "lockers",
                  "kiosks", "carrier_ips") if getattr(self, name) <= 0]  # fmt: skip
        faults += [f"{name} must not be negative" for name in ("rings", "testing_bursts", "stolen_cards",
                   "takeovers") if getattr(self, name) < 0]  # fmt: skip
        shares = [name for name in self.__slots__ if name.endswith("_share")]
        faults += [f"{name} must lie in 0..1" for name in shares if not 0 <= getattr(self, name) <= 1]
        if self.household_share + self.flat_share + self.hostel_share > 1:
            faults.append("household_share + flat_share + hostel_share must not exceed 1")
        if self.small_office_share + self.office_share > 1:
            faults.append("small_office_share + office_share must not exceed 1")
        if self.unreported_share + self.confirmed_share > 1:
            faults.append("unreported_share + confirmed_share must not exceed 1")
        if not 1 < self.ring_size[0] <= self.ring_size[1]:
            faults.append("ring_size must be (low, high) with 1 < low <= high")
        if faults:
            raise SettingsError("\n".join(faults))

    @property
    def end_ms(self) -> int:
        """The first moment after the world's last purchase; labels become known for weeks after it."""
        return self.start_ms + self.days * DAY_MS


PRESETS: Mapping[str, WorldSpec] = MappingProxyType(
    {
        "demo": WorldSpec(),
        "small": WorldSpec(
            customers=700, days=60, merchants=120, rings=4, testing_bursts=2, stolen_cards=8, takeovers=5,
            lockers=3, kiosks=8, carrier_ips=10,
        ),
        "tiny": WorldSpec(
            customers=120, days=20, merchants=40, rings=2, testing_bursts=1, stolen_cards=3, takeovers=2,
            lockers=2, kiosks=3, carrier_ips=4,
        ),
    }
)  # fmt: skip


def preset(name: str, *, start_ms: int = START_2026) -> WorldSpec:
    """The preset of that name, starting at `start_ms`; `NotFoundError` names those there are."""
    try:
        return replace(PRESETS[name], start_ms=start_ms)
    except KeyError:
        raise NotFoundError(f"no preset {name!r}: there are {', '.join(PRESETS)}") from None
