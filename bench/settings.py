"""The product's settings, with the addresses of the minimal view added."""

from pathlib import Path

from studygroup import settings as ours

globals().update({name: getattr(ours, name) for name in dir(ours) if name.isupper()})

ROOT_URLCONF = "bench.urls"

# The minimal view's templates have an engine of their own, without the context that our layout asks for.
TEMPLATES = [
    *ours.TEMPLATES,
    {
        "NAME": "plain",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "OPTIONS": {"context_processors": ["django.contrib.auth.context_processors.auth"]},
    },
]

# What `startproject` writes: the floor that other products were measured against.
PLAIN_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
