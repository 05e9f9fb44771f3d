package main

import (
	"encoding/json"
	"regexp"
)

// regexMatches tells which of the input's texts an expression matches somewhere.
func regexMatches(program string, input json.RawMessage) (any, error) {
	var texts []string
	if err := json.Unmarshal(input, &texts); err != nil {
		return nil, err
	}
	expression, err := regexp.Compile(program)
	if err != nil {
		return nil, err
	}
	matches := make([]bool, len(texts))
	for i, text := range texts {
		matches[i] = expression.MatchString(text)
	}
	return matches, nil
}
