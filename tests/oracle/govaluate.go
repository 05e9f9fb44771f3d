package main

import (
	"encoding/json"
	"math"

	"github.com/Knetic/govaluate"
)

// govaluateEval evaluates an expression; the input is the object of its parameters.
func govaluateEval(program string, input json.RawMessage) (any, error) {
	var parameters map[string]any
	if err := json.Unmarshal(input, &parameters); err != nil {
		return nil, err
	}
	expression, err := govaluate.NewEvaluableExpression(program)
	if err != nil {
		return nil, err
	}
	result, err := expression.Evaluate(parameters)
	return finite(result), err
}

// finite replaces numbers that JSON does not have by texts.
func finite(value any) any {
	switch value := value.(type) {
	case float64:
		switch {
		case math.IsNaN(value):
			return "number NaN"
		case math.IsInf(value, 1):
			return "number +Inf"
		case math.IsInf(value, -1):
			return "number -Inf"
		}
	case []any:
		list := make([]any, len(value))
		for i, member := range value {
			list[i] = finite(member)
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(value))
		for key, member := range value {
			object[key] = finite(member)
		}
		return object
	}
	return value
}
