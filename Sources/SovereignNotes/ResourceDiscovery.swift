// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Web
internal import WebServer

/// Open Resource Discovery 1.9: where the description of this service is, and the description.
enum ResourceDiscovery {
    static let configuration = NotesService.json([
        "openResourceDiscoveryV1": [
            "documents": [["url": "/ord/v1/document", "accessStrategies": [["type": "open"]]]]
        ]
    ])

    static func document(version: String) -> ServerResponse {
        NotesService.json([
            "$schema": "https://open-resource-discovery.org/spec-v1/interfaces/Document.schema.json",
            "openResourceDiscovery": "1.9", "description": "Notes, the sample product of Sovereign",
            "vendors": [["ordId": "acme:vendor:Acme:", "title": "Acme"]],
            "packages": [
                [
                    "ordId": "acme.notes:package:notes:v1", "title": "Notes", "shortDescription": "Notes in PostgreSQL",
                    "description": "Notes in PostgreSQL", "version": .string(version), "vendor": "acme:vendor:Acme:",
                ]
            ],
            "apiResources": [
                [
                    "ordId": "acme.notes:apiResource:notes:v1", "title": "Notes API",
                    "shortDescription": "Create, read and delete notes",
                    "description": "Create, read and delete notes", "version": .string(version), "visibility": "public",
                    "releaseStatus": "active", "partOfPackage": "acme.notes:package:notes:v1", "apiProtocol": "rest",
                    "entryPoints": ["/notes"],
                ]
            ],
        ])
    }
}
