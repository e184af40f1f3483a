// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import CommandLineKit
public import Transfer

/// What a transfer may take.
struct TransferLimitOptions: ParsableOptions {
    @Option(help: "how many contents move, or operations run, at once", valueName: "N") var jobs: Int?
    @Option(help: "the most memory of the program, such as 128MiB; fewer contents move at once if need be")
    var maxMemory: ByteCount?
    @Option(help: "the most bytes of temporary files at any moment, such as 10GiB; the target itself does not count")
    var maxDisk: ByteCount?
    @Option(help: "the most bytes in a second over all contents together, such as 10MiB/s") var rate: ByteRate?

    init() {}

    var values: TransferLimits { TransferLimits(memory: maxMemory, disk: maxDisk, rate: rate, jobs: jobs) }
}

extension ByteRate: ArgumentValue {
    /// Reads a rate.
    public init(argument: String) throws {
        guard let value = ByteRate(parsing: argument) else {
            throw UsageError("“\(argument)” is no rate", fix: "write it as in 10MiB/s")
        }
        self = value
    }
    /// How help shows it.
    public static var defaultValueName: String { "RATE" }
    /// Binary units and `/s`.
    public var argumentText: String { description }
}
