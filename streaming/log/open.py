"""From a URL to a log."""

from urllib.parse import urlsplit

from events.errors import SettingsError
from streaming.log.port import Log


def open_log(url: str) -> Log:
    """The log at `url`; nothing is connected before it is needed.

    - `memory://`: a new one in this process;
    - `redis://[:password@]host:port[/db][?namespace=rw]` (`rediss://` with TLS): Redis Streams; the namespace
      begins every key;
    - `kafka://host:port[,host:port...][?namespace=x&...]`: Kafka; a namespace becomes a prefix of topic names
      (`x.transactions`), other parameters are librdkafka's settings (`security.protocol=SASL_SSL`).

    `SettingsError` for any other.
    """
    scheme = urlsplit(url).scheme
    if scheme == "memory":
        from streaming.log.memory import MemoryLog

        return MemoryLog()
    if scheme in {"redis", "rediss"}:
        from streaming.log.redis_client import DEFAULT_NAMESPACE, split_namespace
        from streaming.log.redis_streams import RedisLog

        plain, namespace = split_namespace(url, DEFAULT_NAMESPACE)
        return RedisLog(plain, namespace=namespace)
    if scheme == "kafka":
        from streaming.log.kafka import KafkaLog
        from streaming.log.kafka_client import parse_url

        return KafkaLog(parse_url(url))
    raise SettingsError(f"no log backend for {scheme!r}: use memory://, redis://, rediss:// or kafka://")
