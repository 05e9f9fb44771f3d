package main

import (
	"encoding/json"

	"github.com/tidwall/sjson"
)

// sjsonSet writes a value at a path; the input is {"document", "value", "raw"}, all texts but the last.
func sjsonSet(program string, input json.RawMessage) (any, error) {
	var write struct {
		Document string
		Value    string
		Raw      bool
	}
	if err := json.Unmarshal(input, &write); err != nil {
		return nil, err
	}
	if write.Raw {
		return sjson.SetRaw(write.Document, program, write.Value)
	}
	return sjson.Set(write.Document, program, write.Value)
}
