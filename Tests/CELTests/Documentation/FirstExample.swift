// SPDX-License-Identifier: Apache-2.0

import CEL

/// What `'Hello, ' + name` yields for a name.
func greeting(for name: String) throws -> Value {
    let environment = Environment(variables: ["name": .string])
    let program = try environment.compile("'Hello, ' + name + '!'")
    return try program.evaluate(["name": .string(name)])
}
