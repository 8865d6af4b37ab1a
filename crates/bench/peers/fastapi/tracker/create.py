"""Makes the tables: python -m tracker.create"""

import asyncio

from tracker.database import engine
from tracker.models import Base


async def create() -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await engine.dispose()


asyncio.run(create())
