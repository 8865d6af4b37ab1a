DROP TABLE lead_import_refusals, lead_imports, lead_tags, attribute_definitions, leads;
