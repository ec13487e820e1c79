"""Pictures in notes: judged by their bytes, re-encoded, shown to the group alone."""

import struct
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as Pillow

from derivations.models import Image, Note
from derivations.pictures import RefusedPicture, read_picture


def encoded(kind="PNG", size=(40, 30), mode="RGB", **options):
    out = BytesIO()
    Pillow.new(mode, size, "teal" if mode != "L" else 80).save(out, kind, **options)
    return out.getvalue()


def bomb(width=60_000, height=60_000):
    """A PNG of a few kilobytes that declares 3.6 gigapixels."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(9999))) + chunk(b"IEND", b"")
    )


def upload(client, group, data, name="plot.png", kind="image/png", **more):
    file = SimpleUploadedFile(name, data, content_type=kind)
    return client.post(reverse("derivations:upload", args=[group.slug]), {"image": file, **more})


def test_a_picture_is_stored_under_a_random_name_that_tells_its_size(client_of, member, group):
    answer = upload(client_of(member), group, encoded(), alt="Loss [against] steps")
    assert answer.status_code == 201
    image = Image.objects.get()
    assert image.name.endswith("-40x30.png")
    assert "plot" not in image.name
    assert answer.json() == {
        "image_code": f"![Loss (against) steps](/pictures/{image.name})",
        "url": f"/pictures/{image.name}",
    }
    assert (image.width, image.height, image.uploaded_by, image.group) == (40, 30, member, group)


def test_a_stored_picture_shows_in_the_note_with_its_place_reserved(client_of, member, group):
    client = client_of(member)
    code = upload(client, group, encoded(), alt="A plot").json()["image_code"]
    client.post(reverse("derivations:new", args=[group.slug]), {"title": "A", "body": code})
    assert 'alt="A plot" width="40" height="30"' in Note.objects.get().body_html


def test_the_picture_is_served_to_the_group_alone(client_of, member, observer, stranger, former, client, group):
    url = upload(client_of(member), group, encoded()).json()["url"]
    for person in (member, observer):
        response = client_of(person).get(url)
        assert response.status_code == 200
        assert response["Content-Type"] == "image/png"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "immutable" in response["Cache-Control"]
        assert "private" in response["Cache-Control"]
        assert b"".join(response.streaming_content).startswith(b"\x89PNG")  # read to the end, which closes the file
    for person in (stranger, former):
        assert client_of(person).get(url).status_code == 404
    assert client.get(url).status_code == 302
    assert client_of(member).get("/pictures/..%2f..%2fsecret").status_code == 404


def test_a_picture_whose_file_is_lost_is_not_found(client_of, member, group):
    url = upload(client_of(member), group, encoded()).json()["url"]
    Image.objects.get().file.storage.delete(Image.objects.get().file.name)
    assert client_of(member).get(url).status_code == 404


def test_camera_data_and_comments_are_gone(client_of, member, group):
    exif = Pillow.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    data = encoded("JPEG", exif=exif, comment=b"SecretComment") + b"SecretTrailer"
    assert b"SecretCamera" in data
    upload(client_of(member), group, data, name="photo.jpg", kind="image/jpeg")
    image = Image.objects.get()
    with image.file.open("rb") as file:
        stored = file.read()
    assert b"Secret" not in stored
    assert not Pillow.open(BytesIO(stored)).getexif()


def test_a_picture_lying_on_its_side_is_put_upright():
    exif = Pillow.Exif()
    exif[0x0112] = 6
    data = encoded("JPEG", exif=exif)
    picture = read_picture(BytesIO(data), size=len(data), max_bytes=10**6)
    assert (picture.width, picture.height) == (30, 40)


@pytest.mark.parametrize(
    ("kind", "mode", "extension"),
    [("PNG", "RGBA", "png"), ("PNG", "P", "png"), ("PNG", "L", "png"), ("JPEG", "RGB", "jpg"), ("JPEG", "CMYK", "jpg"),
     ("WEBP", "RGB", "webp"), ("GIF", "P", "png")],
)  # fmt: skip
def test_each_kind_comes_out_as_a_kind_of_ours(kind, mode, extension):
    data = encoded(kind, mode=mode)
    picture = read_picture(BytesIO(data), size=len(data), max_bytes=10**6)
    assert picture.name.endswith(f".{extension}")
    assert Pillow.open(BytesIO(picture.data)).size == (40, 30)


def test_a_huge_picture_is_made_smaller():
    data = encoded(size=(5000, 1000), mode="L")
    picture = read_picture(BytesIO(data), size=len(data), max_bytes=10**6)
    assert (picture.width, picture.height) == (2400, 480)


HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>'


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (HTML, 422, "not a PNG, JPEG, WebP or GIF picture, whatever its name says"),
        (SVG, 422, "not a PNG, JPEG, WebP or GIF picture"),
        (b"GIF89a" + HTML, 422, "picture"),
        (encoded()[:60], 422, "damaged"),
        (encoded()[:-30], 422, "damaged"),
        (encoded("JPEG", size=(400, 300))[:500], 422, "damaged"),
        (encoded("BMP"), 422, "not a PNG"),
        (b"", 422, "empty"),
        (b"%PDF-1.7 ...", 422, "not a PNG"),
        (bomb(), 413, "pixels"),
        (bomb(6_000, 6_000), 413, "6000 × 6000 pixels; at most 25 million"),
    ],
)
def test_what_is_no_picture_is_refused_with_words(client_of, member, group, data, status, words):
    answer = upload(client_of(member), group, data)
    assert answer.status_code == status
    assert words in answer.json()["error"]
    assert not Image.objects.exists()


def test_fifty_megabytes_are_too_much(client_of, member, group):
    answer = upload(client_of(member), group, encoded() + bytes(50 * 1024 * 1024))
    assert answer.status_code == 413
    assert (
        answer.json()["error"]
        == "This file has 50 MB; at most 10 MB are taken. Save the picture smaller and drop it again."
    )


def test_a_form_without_a_file_is_refused(client_of, member, group):
    answer = client_of(member).post(reverse("derivations:upload", args=[group.slug]), {"image": "text"})
    assert answer.status_code == 422
    assert "Choose a file" in answer.json()["error"]


def test_uploads_are_counted(client_of, member, group, monkeypatch):
    monkeypatch.setattr("derivations.views.editing.PICTURES_AN_HOUR", 1)
    client = client_of(member)
    assert upload(client, group, encoded()).status_code == 201
    refused = upload(client, group, encoded())
    assert refused.status_code == 429
    assert "Wait" in refused.json()["error"]


def test_without_javascript_a_picture_is_put_at_the_end_of_the_text(client_of, member, group):
    file = SimpleUploadedFile("plot.png", encoded())
    data = {"title": "A", "body": "Text.", "picture": "1", "image": file, "alt": "A plot"}
    page = client_of(member).post(reverse("derivations:new", args=[group.slug]), data).text
    assert f"Text.\n\n![A plot](/pictures/{Image.objects.get().name})" in page
    assert not Note.objects.exists()
    broken = {**data, "image": SimpleUploadedFile("plot.png", HTML)}
    refused = client_of(member).post(reverse("derivations:new", args=[group.slug]), broken)
    assert refused.status_code == 422
    assert "whatever its name says" in refused.text


@pytest.mark.parametrize("noise", range(60))
def test_damaged_bytes_never_cause_an_error_of_ours(noise):
    data = bytearray(encoded(["PNG", "JPEG", "WEBP", "GIF"][noise % 4], size=(64, 64)))
    for step in range(1, 6):
        data[(noise * 37 + step * 101) % len(data)] ^= (noise * 13 + step) % 255 + 1
    with suppress(RefusedPicture):
        read_picture(BytesIO(bytes(data)), size=len(data), max_bytes=10**6)
