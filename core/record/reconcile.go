package record

import (
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// reconciling makes the rows of a pool file what the heads say.
type reconciling struct {
	folder *Folder
	pool   *PoolFile
}

// rows brings every row up to its head. A folder that cannot be read says nothing,
// and the rows stay as they are; so does the row of a damaged head.
func (r reconciling) rows(scan folderScan) {
	p := r.pool
	if scan.err != nil || missing(r.folder.BlobDir()) {
		return
	}
	rows, listed := p.Rows, make(map[string]bool, len(p.Rows))
	p.Rows = rows[:0]
	for i := range rows {
		if id := rows[i].ID; ValidID(id) && !listed[id] {
			listed[id] = true
			r.row(rows[i], scan.heads[id])
		} else {
			p.Scan.Gone = append(p.Scan.Gone, id)
		}
	}
	var lost []*Head
	for id := range scan.heads {
		if listed[id] {
			continue
		}
		h, err := r.folder.ReadHead(id)
		if err != nil {
			p.Scan.damaged(err)
			continue
		}
		p.Scan.tells(h)
		if h.listed() {
			lost = append(lost, h)
		}
	}
	r.bringBack(lost)
	p.strays(scan.files)
	p.Scan.sort()
}

// missing reports whether the heads' folder is missing as a whole, as one that is
// not mounted: that says nothing about the accounts.
func missing(dir string) bool {
	_, err := os.Stat(dir)
	return err != nil
}

// row adds the row as its head says, if there is still an account. at is the head
// as it was seen from outside.
func (r reconciling) row(row Row, at headVersion) {
	p := r.pool
	if at == row.Seen && at != (headVersion{}) {
		p.Rows = append(p.Rows, row)
		if row.Left {
			p.Scan.Left = append(p.Scan.Left, row.ID)
		}
		return
	}
	h, err := r.folder.ReadHead(row.ID)
	switch {
	case errors.Is(err, autherr.NotFound):
		p.Scan.Gone = append(p.Scan.Gone, row.ID)
	case err != nil:
		p.Rows = append(p.Rows, row)
		p.Scan.damaged(err)
	case !h.listed():
		p.Scan.Gone = append(p.Scan.Gone, row.ID)
		p.Scan.tells(h)
	default:
		p.Rows = append(p.Rows, row)
		p.put(len(p.Rows)-1, h)
		p.Scan.Newer = append(p.Scan.Newer, row.ID)
		p.Scan.tells(h)
	}
}

// bringBack adds rows for accounts that have none, with label and cool-downs of
// the previous version where that had them.
func (r reconciling) bringBack(lost []*Head) {
	if len(lost) == 0 {
		return
	}
	p := r.pool
	slices.SortFunc(lost, func(a, b *Head) int { return strings.Compare(a.ID, b.ID) })
	before := map[string]Row{}
	if previous := previousPool(r.folder.path("pool.json.bak")); previous != nil {
		for _, row := range previous.Rows {
			before[row.ID] = row
		}
	}
	for _, h := range lost {
		p.Scan.Missing = append(p.Scan.Missing, h.ID)
		if row, known := before[h.ID]; known {
			p.Rows = append(p.Rows, row)
			p.put(len(p.Rows)-1, h)
			continue
		}
		p.add(h)
	}
}
