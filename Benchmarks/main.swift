// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit

let program = CommandLineProgram<BenchmarkContext>(
    name: "benchmarks",
    abstract: "Measure time and memory of ocm, beside other tools on the same bytes in the same run",
    version: "1",
    globals: BenchmarkOptions.self,
    nodes: [
        .command(CarrySuite.self), .command(SmallSuite.self), .command(TransferSuite.self), .command(TreeSuite.self),
        .command(RegistrySuite.self), .command(KubernetesSuite.self),
        .command(SignSuite.self),
        .command(StartSuite.self), .command(ExpressionSuite.self), .command(DeltaSuite.self), .command(AllSuites.self),
    ])
let code = await program.run(arguments: Array(CommandLine.arguments.dropFirst()), environment: .process) {
    (options: BenchmarkOptions) in try BenchmarkContext(options)
}
endProcess(code.rawValue)
