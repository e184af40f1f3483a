// SPDX-License-Identifier: Apache-2.0

internal import FuzzingEntry

private let targets = FuzzTargets([
    "selector": { SelectorTarget.run($0) },
    "frame": { FrameTarget.run($0) },
])

/// What the fuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt { targets(start, count) }
