package connect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// jsonText is an object, indented by two spaces, ending with a newline.
func jsonText(o object) string {
	var b bytes.Buffer
	writeJSON(&b, o, "")
	return b.String() + "\n"
}

func writeJSON(b *bytes.Buffer, value any, indent string) {
	switch v := value.(type) {
	case object:
		if len(v) == 0 {
			b.WriteString("{}")
			return
		}
		b.WriteString("{\n")
		for i, p := range v {
			b.WriteString(indent + "  " + quoteJSON(p.key) + ": ")
			writeJSON(b, p.value, indent+"  ")
			b.WriteString(comma(i, len(v)) + "\n")
		}
		b.WriteString(indent + "}")
	case []any:
		b.WriteString("[")
		for i, inner := range v {
			writeJSON(b, inner, indent)
			if i < len(v)-1 {
				b.WriteString(", ")
			}
		}
		b.WriteString("]")
	case string:
		b.WriteString(quoteJSON(v))
	default:
		fmt.Fprint(b, v)
	}
}

func comma(i, n int) string {
	if i < n-1 {
		return ","
	}
	return ""
}

// quoteJSON leaves <, > and & as they are, which json.Marshal does not.
func quoteJSON(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s)
	return strings.TrimSuffix(b.String(), "\n")
}
