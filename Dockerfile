# ringwatch's processes: one image, one command each (`ringwatch run score`, `ringwatch run graph`, ...).
FROM python:3.13-slim AS build
WORKDIR /source
COPY requirements requirements
RUN python -m pip install --no-cache-dir --require-hashes -r requirements/setup.txt \
 && python -m venv /opt/ringwatch \
 && uv pip sync --no-cache --python /opt/ringwatch --require-hashes requirements/run.txt
COPY . .
# The build backend, too, comes pinned and checked: from the lock that development uses.
RUN uv build --no-cache --wheel --build-constraints requirements/dev.txt --require-hashes --out-dir /dist . \
 && uv pip install --no-cache --python /opt/ringwatch --no-deps /dist/*.whl

FROM python:3.13-slim
# networkit, numba and xgboost use OpenMP.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin ringwatch \
 && install -d -o ringwatch /data /cache
COPY --from=build /opt/ringwatch /opt/ringwatch
ENV PATH=/opt/ringwatch/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    RINGWATCH_VAR=/data \
    NUMBA_CACHE_DIR=/cache
USER ringwatch
WORKDIR /data
VOLUME ["/data"]
ENTRYPOINT []
CMD ["ringwatch", "--help"]
