// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import OCMCommands

Allocator.sharesOnePlace()
let code = await OCMProgram.run(arguments: Array(CommandLine.arguments.dropFirst()), environment: .process)
endProcess(code.rawValue)
