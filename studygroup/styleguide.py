"""/styleguide/: every part of the interface on one page, with content as members write it. Only with DEBUG on."""

from datetime import timedelta
from types import SimpleNamespace

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

# MathML as Temml writes it, so that the page needs neither V8 nor the database.
INLINE = (
    '<math><mrow><mi>p</mi><mo>=</mo><mrow><mi>softmax</mi></mrow><mo form="prefix" stretchy="false">(</mo><mi>z</mi>'
    '<mo form="postfix" stretchy="false">)</mo></mrow></math>'
)
DISPLAY = (
    '<math display="block" class="tml-display"><mrow><mfrac><mrow><mi>∂</mi><mi>L</mi></mrow><mrow><mi>∂</mi><msub>'
    "<mi>z</mi><mi>k</mi></msub></mrow></mfrac><mo>=</mo><mo>−</mo><munderover><mo movablelimits='false'>∑</mo>"
    "<mrow><mi>j</mi><mo>=</mo><mn>1</mn></mrow><mi>K</mi></munderover><msub><mi>y</mi><mi>j</mi></msub><mrow>"
    "<mo stretchy='false'>(</mo><msub><mi>δ</mi><mrow><mi>j</mi><mi>k</mi></mrow></msub><mo>−</mo><msub><mi>p</mi>"
    "<mi>k</mi></msub><mo stretchy='false'>)</mo></mrow><mo>=</mo><msub><mi>p</mi><mi>k</mi></msub><mo>−</mo><msub>"
    "<mi>y</mi><mi>k</mi></msub></mrow></math>"
)
LONG = DISPLAY.replace("</mrow></math>", "") + "<mo>+</mo><mi>λ</mi>" * 60 + "</mrow></math>"
NOTE = f"""
<p>Let <math><mi>z</mi><mo>∈</mo><msup><mi>ℝ</mi><mi>K</mi></msup></math> be the logits of one example, {INLINE} their
softmax, and <math><mi>y</mi></math> a one-hot target. The cross-entropy loss has the gradient<sup class="footnote-ref">
<a href="#fn1" id="fnref1">[1]</a></sup></p>
<div class="math-block" tabindex="0">{DISPLAY}</div>
<p>which is why the last layer of a classifier needs no special care: the error is <em>prediction minus target</em>, and
it is <strong>bounded</strong>. See <a href="#top">Goodfellow et al., section 6.2</a>.</p>
<h2>What a wide formula does</h2>
<div class="math-block" tabindex="0">{LONG}</div>
<blockquote><p>A note reads like a well-set book.</p></blockquote>
<ul><li>a first point, with <code>torch.logsumexp</code></li><li>a second</li></ul>
<ul><li class="task"><span class="task-box task-done" role="img" aria-label="done"></span> the case K = 2</li>
<li class="task"><span class="task-box task-open" role="img" aria-label="to do"></span> label smoothing</li></ul>
<pre tabindex="0"><code>def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))  # the shift keeps exp from overflowing
    return e / e.sum(axis=-1, keepdims=True)</code></pre>
<div class="table-box" tabindex="0"><table><thead><tr><th>loss</th><th>gradient in z</th></tr></thead>
<tbody><tr><td>cross-entropy</td><td>p − y</td></tr>
<tr><td>squared error</td><td>J(p)(p − y)</td></tr></tbody></table></div>
<p><del>bounded by 2</del> <ins>bounded by √2 in the Euclidean norm</ins></p>
<hr class="footnotes-sep"><section class="footnotes"><ol><li id="fn1"><p>For a target that sums to one.
<a href="#fnref1" aria-label="Back to the text">↩</a></p></li></ol></section>
"""


NAMES = ["Ana Souza", "Ben Kowalski", "Chidi Mensah", "Dao Linh", "Eva Horn", "Femi Nwosu", "Grace Rao"]
NAMES += ["Haruki Tanaka", "Iva Petrova", "Jan Visser", "Kim Okafor", "李 明"]
REFUSED = {"title": "", "email": "ana@", "minutes": "2", "cadence": "weekly", "locked": "x"}
COLOURS = ["base-100", "base-200", "base-300", "base-content", "primary", "secondary", "info", "success", "warning"]


class StyleForm(forms.Form):
    title = forms.CharField(help_text="As it should stand in the list.", max_length=80)
    email = forms.EmailField(label="E-mail address", required=False)
    minutes = forms.IntegerField(label="Duration in minutes", min_value=5, initial=25)
    cadence = forms.ChoiceField(choices=[("weekly", "Every week"), ("biweekly", "Every two weeks")])
    notes = forms.CharField(widget=forms.Textarea(attrs={"placeholder": "What should be read beforehand"}))
    way = forms.ChoiceField(
        label="Where", widget=forms.RadioSelect, choices=[("place", "In a room"), ("call", "In a call")]
    )
    remind = forms.BooleanField(label="Remind me two days before", required=False, help_text="By mail.")
    locked = forms.CharField(disabled=True, initial="Set by the organiser", required=False)


@login_not_required  # a developer looks at parts, not at data; there is none on this page
def styleguide(request: HttpRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404("The style guide is for developers.")
    people = [
        SimpleNamespace(pk=index, colour=index, initials=name[:1] + name.partition(" ")[2][:1], display_name=name)
        for index, name in enumerate(NAMES)
    ]
    if hasattr(request, "_messages"):
        messages.success(request, "The session was moved to Thu 26 Nov, 19:00 CET. Everyone who said yes is told.")
        messages.error(request, "This invitation was used up on 3 March. Ask Ana for a new one.")
    now = timezone.now()
    context = {
        "people": people,
        "form": StyleForm(),
        "refused": StyleForm(REFUSED, auto_id="refused_%s"),
        "page": Paginator(range(72), 30).page(2),
        "soon": now + timedelta(days=3, hours=2),
        "note_html": NOTE,
        "colours": [*COLOURS, "error"],
    }
    return render(request, "studygroup/styleguide.html", context)
