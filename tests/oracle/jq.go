package main

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/itchyny/gojq"
)

// jqFirst gives the text of a program's first output as tojson would; the input is the value it is given.
func jqFirst(program string, input json.RawMessage) (any, error) {
	var value any
	if err := json.Unmarshal(input, &value); err != nil {
		return nil, err
	}
	query, err := gojq.Parse(program)
	if err != nil {
		return nil, err
	}
	output, some := query.Run(value).Next()
	if !some {
		return nil, errors.New("no output")
	}
	if err, failed := output.(error); failed {
		return nil, err
	}
	text, err := gojq.Marshal(output)
	// What is no UTF-8 is written as an escape there, and is that character here.
	return strings.ReplaceAll(string(text), `\ufffd`, "\ufffd"), err
}
