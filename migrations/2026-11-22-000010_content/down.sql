DROP TABLE template_images;
DROP TABLE template_versions;
ALTER TABLE templates DROP COLUMN updated_by;
ALTER TABLE templates DROP COLUMN manuscript;
ALTER TABLE templates DROP COLUMN mode;
