DROP TABLE daily_bands, daily_delivery, daily_important_pages, daily_engagement, lead_daily_activity;
