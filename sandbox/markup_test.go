package sandbox

import "testing"

func TestMarkup(t *testing.T) {
	page := el("p", class(`a"b`), group(attr("id", "x"), bare("hidden")), text("<b>&'"), when(false, text("no")),
		each([]string{"1", "2"}, func(s string) node { return el("i", text(s)) }), el("input", attr("name", "n")))
	want := `<!doctype html><p class="a&#34;b" id="x" hidden>&lt;b&gt;&amp;&#39;<i>1</i><i>2</i><input name="n"></p>`
	if got := string(document(page)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
