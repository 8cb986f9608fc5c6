package keystore

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

const (
	// maxPart is the longest text of one item. Windows takes 2,560 bytes, macOS
	// 2,997; both count what their own encoding adds.
	maxPart = 1900
	// maxParts bounds the items of one blob: keyrings get slow with many.
	maxParts = 64
	// partData is the data in one item: base64 makes four characters of three
	// bytes, and the header takes at most 100.
	partData = (maxPart - 100) / 4 * 3
	// partFormat is the version of the header.
	partFormat = "ht1"
)

// part is one item of a blob: "ht1 INDEX COUNT SHA256 BASE64". The checksum is
// that of the whole blob. It is text without NUL, which KWallet would cut at.
type part struct {
	index, count int
	sum          string
	data         []byte
}

func (p part) String() string {
	return fmt.Sprintf("%s %d %d %s %s", partFormat, p.index, p.count, p.sum, base64.RawStdEncoding.EncodeToString(p.data))
}

// split makes the items of a blob.
func split(blob []byte) ([]string, error) {
	count := max(1, (len(blob)+partData-1)/partData)
	if count > maxParts {
		return nil, &Error{
			Condition: TooLarge, Op: "put", Message: fmt.Sprintf("a secret of %d bytes is too large for the keyring", len(blob)),
			Hint: fmt.Sprintf("at most %d bytes can be kept there", maxParts*partData),
		}
	}
	sum := sha256.Sum256(blob)
	texts := make([]string, count)
	for i := range texts {
		from, to := i*partData, min((i+1)*partData, len(blob))
		texts[i] = part{i, count, hex.EncodeToString(sum[:]), blob[from:to]}.String()
	}
	return texts, nil
}

// parsePart reads an item. What is not one of ours is damaged.
func parsePart(text string) (part, error) {
	if len(text) > maxPart {
		return part{}, damagedPart()
	}
	fields := strings.Split(text, " ")
	if len(fields) != 5 || fields[0] != partFormat || len(fields[3]) != 2*sha256.Size {
		return part{}, damagedPart()
	}
	index, err := strconv.Atoi(fields[1])
	if err != nil {
		return part{}, damagedPart()
	}
	count, err := strconv.Atoi(fields[2])
	if err != nil || count < 1 || count > maxParts || index < 0 || index >= count {
		return part{}, damagedPart()
	}
	data, err := base64.RawStdEncoding.DecodeString(fields[4])
	if err != nil {
		return part{}, damagedPart()
	}
	return part{index, count, fields[3], data}, nil
}

// join puts a blob together from all its parts, in order.
func join(parts []part) ([]byte, error) {
	var blob []byte
	for _, p := range parts {
		if p.count != len(parts) || p.sum != parts[0].sum {
			return nil, damagedPart()
		}
		blob = append(blob, p.data...)
	}
	sum := sha256.Sum256(blob)
	if hex.EncodeToString(sum[:]) != parts[0].sum {
		return nil, damagedPart()
	}
	return blob, nil
}

func damagedPart() error {
	return &Error{
		Condition: Damaged, Op: "get", Message: "a secret in the keyring is damaged",
		Hint: "nothing was changed; sign in again",
	}
}
