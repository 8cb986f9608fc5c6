package connect

// object is a mapping whose keys keep their order.
type object []pair

type pair struct {
	key   string
	value any // string, int, bool, object or []any
}

// setting is one value and the path of keys that it stands under.
type setting struct {
	path  []string
	value any
}

func at(value any, path ...string) setting { return setting{path, value} }

// tree is the settings as one mapping.
func tree(settings []setting) object {
	var root object
	for _, s := range settings {
		root = root.with(s.path, s.value)
	}
	return root
}

func (o object) with(path []string, value any) object {
	key := path[0]
	for i := range o {
		if o[i].key != key {
			continue
		}
		if len(path) == 1 {
			o[i].value = value
		} else {
			inner, _ := o[i].value.(object)
			o[i].value = inner.with(path[1:], value)
		}
		return o
	}
	if len(path) > 1 {
		value = object(nil).with(path[1:], value)
	}
	return append(o, pair{key, value})
}

// plain is the value as the decoders of JSON, YAML and TOML give it.
func plain(value any) any {
	switch v := value.(type) {
	case object:
		m := make(map[string]any, len(v))
		for _, p := range v {
			m[p.key] = plain(p.value)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = plain(v[i])
		}
		return list
	default:
		return v
	}
}
