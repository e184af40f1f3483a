// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// What is known about running work: totals, and the items that are under way.
struct ProgressState: Sendable {
    struct Item: Sendable {
        let id: String
        let name: String
    }
    private(set) var plannedItems: Int?
    private(set) var plannedBytes: Int64?
    private(set) var startedItems = 0
    private(set) var endedItems = 0
    private(set) var moved: Int64 = 0
    private(set) var active: [Item] = []
    /// Bytes moved at past moments of the last seconds, for the rate.
    private var samples: [(seconds: Double, bytes: Int64)] = [(0, 0)]

    /// Whether there is anything to tell.
    var isEmpty: Bool { plannedItems == nil && startedItems == 0 && endedItems == 0 }

    mutating func apply(_ event: ProgressEvent) {
        switch event {
        case .planned(let items, let bytes, _): (plannedItems, plannedBytes) = (items, bytes)
        case .started(let id, let name, _):
            active.append(Item(id: id, name: name.displayable))
            startedItems += 1
        case .moved(_, let bytes): moved += bytes
        case .skipped: endedItems += 1
        case .finished(let id), .failed(let id, _):
            active.removeAll { $0.id == id }
            endedItems += 1
        case .warning: break
        }
    }

    /// Bytes a second over the last five seconds.
    mutating func rate(at seconds: Double) -> Int64 {
        samples.append((seconds, moved))
        while samples.count > 2, seconds - samples[0].seconds > 5 { samples.removeFirst() }
        let elapsed = seconds - samples[0].seconds
        return elapsed > 0.05 ? Int64(Double(moved - samples[0].bytes) / elapsed) : 0
    }

    /// The totals on one line of at most so many columns: bytes moved of those planned, rate, items, current item.
    mutating func line(at seconds: Double, width: Int) -> String {
        var parts: [String] = []
        if let plannedBytes, plannedBytes > 0 {
            parts.append("\(ByteCount(moved)) / \(ByteCount(plannedBytes))")
            parts.append("\(min(100, Int(Double(moved) / Double(plannedBytes) * 100)))%")
        } else {
            parts.append("\(ByteCount(moved))")
        }
        parts.append("\(ByteCount(rate(at: seconds)))/s")
        if let plannedItems, plannedItems > 0 { parts.append("\(min(endedItems, plannedItems))/\(plannedItems)") }
        if let item = active.last {
            parts.append(active.count > 1 ? "\(item.name) and \(active.count - 1) more" : item.name)
        }
        return parts.joined(separator: "  ").truncated(to: width)
    }
}
