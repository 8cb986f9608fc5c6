package proxies

import "time"

// minute counts what happened within the last 60 seconds.
type minute struct {
	second [60]int64 // that the count is of, since 1970
	count  [60]int
}

func (m *minute) add(now time.Time) {
	s := now.Unix()
	i := (s%60 + 60) % 60
	if m.second[i] != s {
		m.second[i], m.count[i] = s, 0
	}
	m.count[i]++
}

func (m *minute) sum(now time.Time) (n int) {
	s := now.Unix()
	for i, of := range m.second {
		if of > s-60 && of <= s {
			n += m.count[i]
		}
	}
	return n
}
