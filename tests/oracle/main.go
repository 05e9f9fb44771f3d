// Command oracle answers what the reference's own libraries make of a program.
//
// It reads one question a line, {"lang", "program", "input"}, and writes one answer a line, {"result"} or {"error"}. It
// ends after its input, and without an answer when a question takes too long.
// A language is one file and one row of the table below; what its input is, its file says.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

type question struct {
	Lang    string          `json:"lang"`
	Program string          `json:"program"`
	Input   json.RawMessage `json:"input"`
}

type answer struct {
	Result any    `json:"result"`
	Error  string `json:"error,omitempty"`
}

// A language answers with a value that encoding/json can write, or with an error.
var languages = map[string]func(program string, input json.RawMessage) (any, error){
	"conditions": conditions,
	"cron":       cronNext,
	"expr":       exprFilter,
	"gjson":      gjsonGet,
	"govaluate":  govaluateEval,
	"jq":         jqFirst,
	"lua":        luaTransform,
	"regex":      regexMatches,
	"sjson":      sjsonSet,
	"template":   templateText,
}

// A question may take this long.
const patience = time.Second

// ask answers one question, or gives it up. A library that is still at it cannot be stopped: the program must end then.
func ask(q question) (a answer, inTime bool) {
	answered := make(chan answer, 1)
	go func() { answered <- run(q) }()
	select {
	case a := <-answered:
		return a, true
	case <-time.After(patience):
		return answer{}, false
	}
}

// run answers one question; a panic of a library is an answer too.
func run(q question) (a answer) {
	defer func() {
		if r := recover(); r != nil {
			a = answer{Error: fmt.Sprintf("panic: %v", r)}
		}
	}()
	language, known := languages[q.Lang]
	if !known {
		return answer{Error: "unknown language " + q.Lang}
	}
	result, err := language(q.Program, q.Input)
	if err != nil {
		return answer{Error: "error: " + err.Error()}
	}
	return answer{Result: result}
}

func main() {
	questions := bufio.NewReaderSize(os.Stdin, 1<<20)
	answers := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(answers)
	encoder.SetEscapeHTML(false)
	for {
		line, err := questions.ReadBytes('\n')
		if err != nil {
			return
		}
		var q question
		a, inTime := answer{}, true
		if err := json.Unmarshal(line, &q); err != nil {
			a.Error = "not a question: " + err.Error()
		} else {
			a, inTime = ask(q)
		}
		if !inTime {
			answers.Flush()
			return
		}
		if err := encoder.Encode(a); err != nil {
			fmt.Fprintf(answers, "{\"error\":%q}\n", "not JSON: "+err.Error())
		}
		if questions.Buffered() == 0 {
			answers.Flush()
		}
	}
}
