// SPDX-License-Identifier: Apache-2.0

internal import FuzzingEntry

private let targets = FuzzTargets([
    "helmindex": { ChartListTarget.run($0) },
    "packument": { PackumentTarget.run($0) },
    "s3": { ObjectStoreTarget.run($0) },
    "xml": { XMLTarget.run($0) },
])

/// What the fuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt { targets(start, count) }
