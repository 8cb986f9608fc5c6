package connect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tailscale/hujson"
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

func readJSON(text []byte) (map[string]any, error) {
	standard, err := hujson.Standardize(bytes.Clone(text))
	if err != nil {
		return nil, err
	}
	var m map[string]any
	if err := json.Unmarshal(standard, &m); err != nil {
		return nil, errors.New("it is not an object")
	}
	return m, nil
}

// setJSON changes one member where it stands, or adds it as the last of its
// object.
func setJSON(text []byte, s setting) ([]byte, error) {
	root, err := hujson.Parse(bytes.Clone(text))
	if err != nil {
		return nil, err
	}
	if err := setMember(&root, s.path, s.value, ""); err != nil {
		return nil, err
	}
	return root.Pack(), nil
}

func setMember(in *hujson.Value, path []string, value any, indent string) error {
	o, ok := in.Value.(*hujson.Object)
	if !ok {
		return errors.New("it is not an object there")
	}
	if len(o.Members) > 0 {
		indent = lastLine(o.Members[0].Name.BeforeExtra, indent+"  ")
	} else {
		indent += "  "
	}
	for i := range o.Members {
		name, ok := o.Members[i].Name.Value.(hujson.Literal)
		if !ok || name.String() != path[0] {
			continue
		}
		if len(path) > 1 {
			return setMember(&o.Members[i].Value, path[1:], value, indent)
		}
		return replaceJSON(&o.Members[i].Value, value, indent)
	}
	return addMember(o, path, value, indent)
}

// addMember appends a member on a line of its own.
func addMember(o *hujson.Object, path []string, value any, indent string) error {
	if len(path) > 1 {
		value = object(nil).with(path[1:], value)
	}
	var member hujson.ObjectMember
	member.Name = hujson.Value{
		BeforeExtra: hujson.Extra("\n" + indent),
		Value:       hujson.Literal(quoteJSON(path[0])),
	}
	member.Value.BeforeExtra = hujson.Extra(" ")
	if err := replaceJSON(&member.Value, value, indent); err != nil {
		return err
	}
	if len(o.Members) == 0 {
		o.AfterExtra = hujson.Extra("\n" + strings.TrimSuffix(indent, "  "))
	} else if i := bytes.LastIndexByte(o.AfterExtra, '\n'); i > 0 {
		// A comment behind the member before stays there.
		member.Name.BeforeExtra = hujson.Extra(string(o.AfterExtra[:i]) + "\n" + indent)
		o.AfterExtra = o.AfterExtra[i:]
	}
	o.Members = append(o.Members, member)
	return nil
}

// replaceJSON keeps what stands around a value.
func replaceJSON(in *hujson.Value, value any, indent string) error {
	var b bytes.Buffer
	writeJSON(&b, value, indent)
	next, err := hujson.Parse(b.Bytes())
	in.Value = next.Value
	return err
}

// lastLine is the white space before the first member of an object, which is
// how deep its members stand.
func lastLine(extra hujson.Extra, otherwise string) string {
	i := bytes.LastIndexByte(extra, '\n')
	if i < 0 || strings.TrimLeft(string(extra[i+1:]), " \t") != "" {
		return otherwise
	}
	return string(extra[i+1:])
}
