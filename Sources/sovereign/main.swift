// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import SovereignCommands

Allocator.sharesOnePlace()
let code = await SovereignProgram.run(arguments: Array(CommandLine.arguments.dropFirst()), environment: .process)
endProcess(code.rawValue)
