package sqlstore

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"time"
)

// hasher makes 64-bit hashes of event ids. The ids come from outside; the key,
// different in each store, keeps anybody from making two that are the same.
type hasher struct {
	key [32]byte
}

func (h *hasher) sum(id string) int64 {
	text := make([]byte, 0, 128)
	text = append(append(text, h.key[:]...), id...)
	sum := sha256.Sum256(text)
	return int64(binary.BigEndian.Uint64(sum[:]))
}

// packHashes is the hashes as a journal row carries them; nil for none.
func packHashes(hashes []int64) []byte {
	var packed []byte
	for _, hash := range hashes {
		packed = binary.BigEndian.AppendUint64(packed, uint64(hash))
	}
	return packed
}

func unpackHashes(packed []byte) []int64 {
	hashes := make([]int64, 0, len(packed)/8)
	for ; len(packed) >= 8; packed = packed[8:] {
		hashes = append(hashes, int64(binary.BigEndian.Uint64(packed)))
	}
	return hashes
}

// taken finds those of the hashes that the tables have.
func (w *writer) taken(hashes []int64) (map[int64]struct{}, error) {
	found := map[int64]struct{}{}
	args := anys(hashes)
	for _, size := range batchSizes {
		for ; len(args) >= size; args = args[size:] {
			if err := w.askTaken(args[:size], found); err != nil {
				return nil, fmt.Errorf("look up events: %w", asUnreadable(err))
			}
		}
	}
	return found, nil
}

func anys(hashes []int64) []any {
	args := make([]any, len(hashes))
	for i, hash := range hashes {
		args[i] = hash
	}
	return args
}

func (w *writer) askTaken(args []any, found map[int64]struct{}) error {
	rows, err := w.query(queryTaken(len(args)), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var hash int64
		if err := rows.Scan(&hash); err != nil {
			return err
		}
		found[hash] = struct{}{}
	}
	return rows.Err()
}

// takenDays says which day each slot is for; 0: it is empty.
type takenDays [takenSlots]int64

// day counts from 1970 in UTC.
func day(at time.Time) int64 { return at.Unix() / (24 * 60 * 60) }

// readDays reads them from the file.
func (w *writer) readDays() (days takenDays, err error) {
	rows, err := w.query(queryTakenDays)
	if err != nil {
		return days, err
	}
	defer rows.Close()
	for rows.Next() {
		var slot int
		var day int64
		if err := rows.Scan(&slot, &day); err != nil {
			return days, err
		}
		if slot >= 0 && slot < takenSlots {
			days[slot] = day
		}
	}
	return days, rows.Err()
}

// turnDays empties the slots of days that are more than seven gone and answers
// the slots as they are then, with today's among them. Part of a transaction.
func (w *writer) turnDays(days takenDays, today int64) (takenDays, error) {
	for slot, day := range days {
		if day != 0 && day <= today-takenSlots {
			if err := w.exec(queryEmpty(slot)); err != nil {
				return days, fmt.Errorf("empty %s: %w", slotNames[slot], err)
			}
			days[slot] = 0
			if err := w.exec(queryPutTakenDay, slot, 0); err != nil {
				return days, fmt.Errorf("turn days: %w", err)
			}
		}
	}
	slot := int(today % takenSlots)
	if days[slot] == today {
		return days, nil
	}
	days[slot] = today
	if err := w.exec(queryPutTakenDay, slot, today); err != nil {
		return days, fmt.Errorf("turn days: %w", err)
	}
	return days, nil
}

// take writes hashes into the table of a day; sorted, so that neighbours share
// pages. Part of a transaction.
func (w *writer) take(day int64, hashes []int64) error {
	slices.Sort(hashes)
	if err := w.execRows(queryTake(int(day%takenSlots)), 1, anys(hashes)); err != nil {
		return fmt.Errorf("write events: %w", err)
	}
	return nil
}
