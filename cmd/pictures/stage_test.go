package main

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/hermes"
)

func TestOffset_ItIsTwoOClock(t *testing.T) {
	for hour := range 24 {
		now := time.Date(2026, 5, 20, hour, 17, 40, 0, time.UTC)
		far := offset(now)
		zone, err := time.LoadLocationFromTZData("", zoneFile(far))
		if err != nil {
			t.Fatal(err)
		}
		if got := now.In(zone); got.Round(time.Minute).Format("15:04") != "14:00" || far > 12*time.Hour || far < -12*time.Hour {
			t.Errorf("at %v it is %v there, %v away", now, got, far)
		}
	}
}

func TestAuthFile_HasTheRowsOfThePicture(t *testing.T) {
	now := time.Now()
	file, err := hermes.Parse(hermes.AuthJSON, authFile(now), now)
	if err != nil {
		t.Fatal(err)
	}
	if len(file.Rows) != 4 {
		t.Errorf("%d rows", len(file.Rows))
	}
}
