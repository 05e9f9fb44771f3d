package main

import (
	"encoding/json"

	lua "github.com/yuin/gopher-lua"
)

// luaTransform runs a script with the input object as the global event and gives the last value it returns: a text for
// anything but nil, bool, number and string.
func luaTransform(program string, input json.RawMessage) (any, error) {
	var event map[string]any
	if err := json.Unmarshal(input, &event); err != nil {
		return nil, err
	}
	state := lua.NewState()
	defer state.Close()
	state.SetGlobal("event", luaTable(event))
	if err := state.DoString(program); err != nil {
		return nil, err
	}
	switch value := state.Get(-1).(type) {
	case *lua.LNilType:
		return nil, nil
	case lua.LBool:
		return bool(value), nil
	case lua.LNumber:
		return finite(float64(value)), nil
	case lua.LString:
		return string(value), nil
	default:
		return "a " + value.Type().String(), nil
	}
}

// luaTable makes an object's table: as the reference does, without nulls and without arrays inside arrays.
func luaTable(object map[string]any) *lua.LTable {
	table := &lua.LTable{}
	for key, member := range object {
		if list, isList := member.([]any); isList {
			members := &lua.LTable{}
			for _, item := range list {
				if _, nested := item.([]any); item != nil && !nested {
					members.Append(luaValue(item))
				}
			}
			table.RawSetString(key, members)
		} else if member != nil {
			table.RawSetString(key, luaValue(member))
		}
	}
	return table
}

func luaValue(value any) lua.LValue {
	switch value := value.(type) {
	case bool:
		return lua.LBool(value)
	case float64:
		return lua.LNumber(value)
	case string:
		return lua.LString(value)
	case map[string]any:
		return luaTable(value)
	}
	return lua.LNil
}
