package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"slices"
	"sync"
)

// Bounds of what is kept for an account.
const (
	maxStored   = 500     // responses, and files; the oldest are forgotten
	maxFileSize = 1 << 20 // bytes of a file that are kept
)

// stored is what accounts have made and may ask for again: each its own only.
type stored struct {
	mu        sync.Mutex
	responses map[string][]storedResponse // by account
	files     map[string][]storedFile
}

type storedResponse struct {
	id    string
	turns []turn // the conversation up to and with it
	made  fields
}

type storedFile struct {
	id, name, purpose string
	data              []byte
}

func newStored() *stored {
	return &stored{responses: map[string][]storedResponse{}, files: map[string][]storedFile{}}
}

func (s *stored) keep(account string, r storedResponse) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.responses[account] = keepLast(s.responses[account], r)
}

func keepLast[T any](list []T, one T) []T {
	list = append(list, one)
	return list[max(0, len(list)-maxStored):]
}

func (s *stored) response(account, id string) (storedResponse, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.responses[account]
	i := slices.IndexFunc(list, func(r storedResponse) bool { return r.id == id })
	if i < 0 {
		return storedResponse{}, false
	}
	return list[i], true
}

func (s *stored) forgetResponse(account, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.responses[account] = slices.DeleteFunc(s.responses[account], func(r storedResponse) bool { return r.id == id })
}

// showResponse answers GET /v1/responses/ID.
func (q *asked) showResponse() {
	if r, ok := q.ownResponse(); ok {
		q.answer(Served, http.StatusOK, r.made)
	}
}

// deleteResponse answers DELETE /v1/responses/ID.
func (q *asked) deleteResponse() {
	if r, ok := q.ownResponse(); ok {
		q.f.stored.forgetResponse(q.account, r.id)
		q.answer(Served, http.StatusOK, fields{"id": r.id, "object": "response", "deleted": true})
	}
}

func (q *asked) ownResponse() (storedResponse, bool) {
	id := q.r.PathValue("id")
	r, ok := q.f.stored.response(q.account, id)
	if !ok {
		q.fails(Refused, q.speaks.wrong(http.StatusNotFound, "invalid_request_error", "", "Response with id '"+bounded(id)+"' not found."))
	}
	return r, ok
}

// addFile answers POST /v1/files.
func (q *asked) addFile() {
	again := q.r.Clone(q.r.Context())
	again.Body = io.NopCloser(bytes.NewReader(q.body))
	reader, err := again.MultipartReader()
	if err != nil {
		q.fails(Refused, q.speaks.bad("a multipart form is needed"))
		return
	}
	var f storedFile
	for {
		part, err := reader.NextPart()
		if err != nil {
			break
		}
		data, err := io.ReadAll(io.LimitReader(part, maxFileSize))
		switch {
		case err != nil:
			q.fails(Refused, q.speaks.bad("the form breaks off"))
			return
		case part.FormName() == "purpose":
			f.purpose = bounded(string(data))
		case part.FormName() == "file":
			f.name, f.data = bounded(part.FileName()), data
		}
	}
	if f.name == "" || f.purpose == "" {
		q.fails(Refused, q.speaks.bad("'file' and 'purpose' are required properties"))
		return
	}
	sum := sha256.Sum256(append([]byte(q.account), f.data...))
	f.id = "file-" + hex.EncodeToString(sum[:12])
	s := q.f.stored
	s.mu.Lock()
	s.files[q.account] = keepLast(s.files[q.account], f)
	s.mu.Unlock()
	q.answer(Served, http.StatusOK, f.view())
}

func (f storedFile) view() fields {
	return fields{"id": f.id, "object": "file", "bytes": len(f.data), "created_at": firstSecond, "filename": f.name, "purpose": f.purpose, "status": "processed"}
}

// listFiles answers GET /v1/files.
func (q *asked) listFiles() {
	s := q.f.stored
	s.mu.Lock()
	list := []fields{}
	for _, f := range s.files[q.account] {
		list = append(list, f.view())
	}
	s.mu.Unlock()
	q.answer(Served, http.StatusOK, fields{"object": "list", "data": list, "has_more": false})
}

func (q *asked) ownFile(then func(storedFile)) {
	id := q.r.PathValue("id")
	s := q.f.stored
	s.mu.Lock()
	i := slices.IndexFunc(s.files[q.account], func(f storedFile) bool { return f.id == id })
	var f storedFile
	if i >= 0 {
		f = s.files[q.account][i]
	}
	s.mu.Unlock()
	if i < 0 {
		q.fails(Refused, q.speaks.wrong(http.StatusNotFound, "invalid_request_error", "", "No such File object: "+bounded(id)))
		return
	}
	then(f)
}

// showFile answers GET /v1/files/ID.
func (q *asked) showFile() {
	q.ownFile(func(f storedFile) { q.answer(Served, http.StatusOK, f.view()) })
}

// readFile answers GET /v1/files/ID/content.
func (q *asked) readFile() {
	q.ownFile(func(f storedFile) { q.send(Served, http.StatusOK, "application/octet-stream", f.data) })
}

// deleteFile answers DELETE /v1/files/ID.
func (q *asked) deleteFile() {
	q.ownFile(func(f storedFile) {
		s := q.f.stored
		s.mu.Lock()
		s.files[q.account] = slices.DeleteFunc(s.files[q.account], func(other storedFile) bool { return other.id == f.id })
		s.mu.Unlock()
		q.answer(Served, http.StatusOK, fields{"id": f.id, "object": "file", "deleted": true})
	})
}
