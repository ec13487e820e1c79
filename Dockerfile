# Two stages: Node builds the assets, Python runs the product. Only what was built comes across.

FROM node:20-bookworm-slim AS assets
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci
# All of it: Tailwind looks for class names in the templates and in the rooms' Python.
COPY . .
RUN npm run build

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN useradd --system --uid 10001 --user-group --home-dir /srv --no-create-home studygroup \
    && mkdir -p /srv/var /srv/static \
    && chown studygroup:studygroup /srv/var
WORKDIR /srv/studygroup
COPY requirements/base.txt requirements/base.txt
RUN python -m pip install --no-cache-dir --require-hashes -r requirements/base.txt
COPY . .
COPY --from=assets /src/assets/dist assets/dist
ENV VAR_DIR=/srv/var STATIC_ROOT=/srv/static HOST=0.0.0.0 PORT=8000
# The values are for this one command, which neither connects to anything nor keeps them.
RUN PRODUCTION=true SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    ALLOWED_HOSTS=localhost SITE_URL=https://localhost VAR_DIR=/tmp/var \
    DATABASE_URL=postgres://localhost/none REDIS_URL=redis://localhost EMAIL_URL=smtp://localhost \
    python manage.py collectstatic --no-input -v 0 \
    && rm -rf /tmp/var
USER studygroup
VOLUME /srv/var
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "studygroup/healthcheck.py"]
CMD ["python", "-m", "gunicorn", "-c", "python:studygroup.gunicorn_conf", "studygroup.wsgi"]
