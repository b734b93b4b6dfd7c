"""Settings: one documented file (`ringwatch.toml`), every value overridable from the environment.

`RINGWATCH_LOG__URL=kafka://...` overrides `[log] url`. What a running local stack (`ringwatch up`) offers fills
in the addresses that are not set. Every fault is reported at once.
"""

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from events.errors import SettingsError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

DEFAULT_FILE = Path("ringwatch.toml")
_PREFIX = "RINGWATCH_"
_Port = Annotated[int, Field(ge=0, le=65_535)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Service(_Section):
    """Where a service is. None: that of the running local stack."""

    url: SecretStr | None = None


class GraphService(_Section):
    url: str | None = None
    dialect: Literal["neo4j", "arcadedb"] | None = None
    user: str | None = None
    password: SecretStr | None = None
    password_file: Path | None = None


class LogSection(Service):
    partitions: Annotated[int, Field(ge=1, le=1024)] = 4


class BlobsSection(_Section):
    """Lake, registry, graph versions: a folder, or `s3://bucket/prefix`."""

    url: str | None = None


class LakeSection(_Section):
    """A file is written once so many `rows` wait, or the oldest has waited `wait_ms`."""

    rows: Annotated[int, Field(ge=1)] = 50_000
    wait_ms: Annotated[int, Field(ge=0)] = 15_000


class DoorSection(_Section):
    """What happens at the door. The key file holds `version hex-key` a line; the highest version is current."""

    key_file: Path | None = None
    check_free_text: bool = True


class FeaturesSection(_Section):
    """Families of features that are on (None: all; `features.families` has them), and a file of one's own."""

    families: tuple[str, ...] | None = None
    file: Path | None = None


class ScoreSection(_Section):
    batch: Annotated[int, Field(ge=1, le=65_536)] = 512
    linger_ms: Annotated[int, Field(ge=0, le=1_000)] = 5
    checkpoint_events: Annotated[int, Field(ge=100)] = 200_000
    keep_checkpoints: Annotated[int, Field(ge=1)] = 3
    journal: Literal["disk", "topic"] = "disk"
    journal_sync: bool = False
    lease_ms: Annotated[int, Field(ge=500)] = 3_000
    feature_sample: Annotated[float, Field(ge=0, le=1)] = 0.01
    seen_horizon: Annotated[int, Field(ge=1_000)] = 1_000_000
    merge_wait_ms: Annotated[int, Field(ge=0)] = 2_000
    dead_letter_limit: Annotated[int, Field(ge=1)] = 1_000


class AddressesSection(_Section):
    """How new address texts are parsed: in processes of their own, by a budget (`nlp.pool_port.PoolSettings`).

    Without processes each part parses in its own, however long that takes.
    """

    processes: Annotated[int, Field(ge=0, le=64)] = 2
    budget_ms: Annotated[float, Field(ge=0, le=10_000)] = 5.0
    text_ms: Annotated[int, Field(ge=10)] = 1_000
    tries: Annotated[int, Field(ge=1)] = 3


class CostsSection(_Section):
    """In minor units of the base currency, shares as 0..1 (`scoring.policy.Costs`)."""

    review_cost: Annotated[int, Field(ge=0)] = 300
    chargeback_fee: Annotated[int, Field(ge=0)] = 2_000
    margin: Annotated[float, Field(ge=0, le=1)] = 0.03
    churn_cost: Annotated[int, Field(ge=0)] = 1_500
    challenge_cost: Annotated[int, Field(ge=0)] = 10
    challenge_catch: Annotated[float, Field(ge=0, le=1)] = 0.7
    challenge_abandon: Annotated[float, Field(ge=0, le=1)] = 0.05
    reviews_per_day: Annotated[float, Field(ge=0)] = 200


class CommunitiesSection(_Section):
    every_s: Annotated[int, Field(ge=1)] = 900
    seed: int = 7
    keep_versions_s: Annotated[int, Field(ge=60)] = 86_400


class ApiSection(_Section):
    host: str = "127.0.0.1"
    port: _Port = 8600
    token: SecretStr | None = None
    token_file: Path | None = None
    deadline_ms: Annotated[int, Field(ge=1)] = 2_000


class MetricsSection(_Section):
    """Prometheus text at http://127.0.0.1:PORT/metrics, a port for each part of `ringwatch run` that names one."""

    ports: dict[str, _Port] = Field(default_factory=dict)


class Settings(BaseSettings):
    """Everything an installation decides."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    var: Path = Path("var")
    log: LogSection = LogSection()
    cache: Service = Service()
    broker: Service = Service()
    graph: GraphService = GraphService()
    blobs: BlobsSection = BlobsSection()
    lake: LakeSection = LakeSection()
    door: DoorSection = DoorSection()
    features: FeaturesSection = FeaturesSection()
    score: ScoreSection = ScoreSection()
    addresses: AddressesSection = AddressesSection()
    costs: CostsSection = CostsSection()
    communities: CommunitiesSection = CommunitiesSection()
    api: ApiSection = ApiSection()
    metrics: MetricsSection = MetricsSection()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Overrides given in code, then the environment, then the file."""
        del dotenv_settings, file_secret_settings
        path = Path(os.environ.get("RINGWATCH_CONFIG", DEFAULT_FILE))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=path)


def load_settings(overrides: Mapping[str, object] | None = None) -> Settings:
    """Read file and environment. Raises `SettingsError` that lists every fault with its remedy."""
    path = _file()
    faults = _environment_faults()
    settings: Settings | None = None
    try:
        settings = (
            Settings.model_validate({}) if overrides is None else Settings(**dict(overrides))  # type: ignore[arg-type]  # checked by pydantic
        )
    except ValidationError as error:
        # A fault without a place is that of a whole section in the environment, which is among them already.
        faults += [_line(fault, path) for fault in error.errors() if fault["loc"]]
        faults = faults or [str(error)]
    if faults or settings is None:
        raise SettingsError("\n  ".join([f"{len(faults)} setting(s) are wrong:", *faults]))
    return settings


def _file() -> Path:
    path = Path(os.environ.get("RINGWATCH_CONFIG", DEFAULT_FILE))
    try:
        tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if "RINGWATCH_CONFIG" in os.environ:
            raise SettingsError(f"RINGWATCH_CONFIG names {path}, which is no file") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} can't be read: {error}") from None
    return path


def _environment_faults() -> list[str]:
    """Variables that name no section (they would be ignored), or a whole one (it would have to be JSON)."""
    faults: list[str] = []
    sections = {
        name: list(field.annotation.model_fields)
        for name, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
    }
    for variable in sorted(os.environ):
        prefix, given = variable[: len(_PREFIX)].upper(), variable[len(_PREFIX) :].lower()
        section, nested, _ = given.partition("__")
        if prefix != _PREFIX:
            continue
        if nested and section not in sections:
            faults.append(f"{variable}: there is no section [{section}]{_meant(section, sections)}")
        elif not nested and section in sections:
            one = f"{_PREFIX}{section.upper()}__{sections[section][0].upper()}"
            faults.append(f"{variable}: names a whole section; set its values one by one, as {one}")
    return faults


def _line(fault: "ErrorDetails", path: Path) -> str:
    *sections, name = [str(part) for part in fault["loc"]]
    where = f"[{'.'.join(sections)}] {name}" if sections else name
    variable = _PREFIX + "__".join(part.upper() for part in (*sections, name))
    set_by = next((set_ for set_ in os.environ if set_.upper() == variable), None)
    remedy = f"set by {set_by}" if set_by else f"in {path}, or {variable} in the environment"
    if fault["type"] == "extra_forbidden":
        return f"{where}: there is no such setting{_meant(name, _names(sections))} ({remedy})"
    message = fault["msg"].removeprefix("Input ").removeprefix("Value ")
    return f"{where}: {message} ({remedy})"


def _names(sections: list[str]) -> Iterable[str]:
    """The settings there are in a section."""
    at: type[BaseModel] = Settings
    for section in sections:
        found = at.model_fields[section].annotation if section in at.model_fields else None
        if not (isinstance(found, type) and issubclass(found, BaseModel)):
            return ()
        at = found
    return at.model_fields


def _meant(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), 1)
    return f"; is {close[0]} meant?" if close else f"; there are: {', '.join(known)}"
