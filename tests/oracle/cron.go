package main

import (
	"encoding/json"
	"time"

	"github.com/robfig/cron/v3"
)

// cronNext gives the next activations of a schedule, in seconds since the epoch; fewer than asked for when they end.
func cronNext(program string, input json.RawMessage) (any, error) {
	var from struct {
		After       int64  // seconds since the epoch
		Zone        string // the zone of a schedule that names none
		Count       int
		Seconds     bool
		Descriptors bool
	}
	if err := json.Unmarshal(input, &from); err != nil {
		return nil, err
	}
	options := cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow
	if from.Seconds {
		options |= cron.Second
	}
	if from.Descriptors {
		options |= cron.Descriptor
	}
	schedule, err := cron.NewParser(options).Parse(program)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(from.Zone)
	if err != nil {
		return nil, err
	}
	at := time.Unix(from.After, 0).In(zone)
	activations := []int64{}
	for range from.Count {
		if at = schedule.Next(at); at.IsZero() {
			break
		}
		activations = append(activations, at.Unix())
	}
	return activations, nil
}
