package connect

import "reflect"

// object is a mapping whose keys keep their order.
type object []pair

type pair struct {
	key   string
	value any // string, int, bool, object or []any
}

// setting is one value and the path of keys that it stands under.
type setting struct {
	path   []string
	value  any
	unless bool // only where nothing stands there yet
}

func at(value any, path ...string) setting { return setting{path: path, value: value} }

// unless is a setting of which any other value is as good.
func unless(value any, path ...string) setting { return setting{path, value, true} }

// leaves are the settings one by one, without mappings.
func leaves(settings []setting) []setting {
	var list []setting
	for _, s := range settings {
		o, ok := s.value.(object)
		if !ok {
			list = append(list, s)
			continue
		}
		for _, p := range o {
			list = append(list, leaves([]setting{{append(append([]string{}, s.path...), p.key), p.value, s.unless}})...)
		}
	}
	return list
}

// within is the mapping that the settings below a path make.
func within(settings []setting, path []string) object {
	var o object
	for _, s := range settings {
		if len(s.path) > len(path) && dotted(s.path[:len(path)]) == dotted(path) {
			o = o.with(s.path[len(path):], s.value)
		}
	}
	return o
}

// get returns the decoded value of a path; no path is all of it.
func get(m map[string]any, path []string) (any, bool) {
	var value any = m
	for _, key := range path {
		inner, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}
		if value, ok = inner[key]; !ok {
			return nil, false
		}
	}
	return value, true
}

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

// same reports whether a decoded value is what is to be set.
func same(old, value any) bool { return reflect.DeepEqual(normal(old), normal(plain(value))) }

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
