package main

import (
	"encoding/json"

	"github.com/tidwall/gjson"
)

// gjsonGet looks a path up; the input is the document's text.
func gjsonGet(program string, input json.RawMessage) (any, error) {
	var document string
	if err := json.Unmarshal(input, &document); err != nil {
		return nil, err
	}
	found := gjson.Get(document, program)
	return map[string]any{
		"exists": found.Exists(),
		"type":   found.Type.String(),
		"raw":    found.Raw,
		"string": found.String(),
		"number": finite(found.Float()),
		"bool":   found.Bool(),
	}, nil
}
