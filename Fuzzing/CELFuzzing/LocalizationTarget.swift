// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Localization

/// Changes a document of the fuzzer: its first line is a path, its second the new value, the rest the document.
///
/// What has to hold: a change gives the values that were wanted and no others, or is refused with a reason.
public enum LocalizationTarget {
    public static func run(_ bytes: [UInt8]) {
        guard bytes.count < 16384 else { return }
        let parts = bytes.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let path = try? ValuePath(String(decoding: parts[0], as: UTF8.self)) else { return }
        let value = String(decoding: parts[1], as: UTF8.self)
        var limits = DocumentLimits()
        (limits.depth, limits.nodes) = (40, 2000)
        guard let editor = try? DocumentEditor(Array(parts[2]), source: "it", limits: limits) else { return }
        set(path, .string(value), editor)
        rewrite(value, Array(parts[2]))
    }

    private static func set(_ path: ValuePath, _ value: JSON, _ editor: DocumentEditor) {
        var editor = editor
        do throws(Fault) {
            let matches = try editor.matches(path)
            for match in matches { try editor.set(match, to: value) }
            let result = try editor.finish()
            guard let again = try? DocumentEditor(result, source: "it") else {
                preconditionFailure("no document any more")
            }
            precondition(again.values == editor.values, "the document holds other values than were said")
            let changed = try again.matches(path).filter { $0.value == value }
            precondition(changed.isEmpty == matches.isEmpty, "the new value is not where it was put")
        } catch {
            precondition(!error.message.isEmpty && error.code != .internal, error.message)
        }
    }

    private static func rewrite(_ image: String, _ bytes: [UInt8]) {
        guard let images = try? ImageReplacements([.init(from: image, to: "r.example/n:1", isOptional: true)]) else {
            return
        }
        for localizer in [HelmValuesLocalizer(images), ManifestLocalizer(images)] as [any FileLocalizer] {
            do throws(Fault) {
                var editor = try DocumentEditor(bytes, source: "it")
                _ = try localizer.localize(&editor)
                _ = try editor.finish()
            } catch { precondition(error.code != .internal, error.message) }
        }
    }
}
